using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace KeyRotator.Cli.Output;

/// <summary>Writes JSON to standard output as it comes, and ends it with a newline.</summary>
internal static class JsonOutput
{
    private const int FlushAt = 32 * 1024;

    /// <summary>One document.</summary>
    public static void Write(CliContext context, Action<Utf8JsonWriter> write)
    {
        using (var json = Open(context))
        {
            write(json);
        }

        context.Out.WriteLine();
    }

    /// <summary>One document, of any length.</summary>
    public static async Task WriteAsync(CliContext context, Func<Utf8JsonWriter, Task> write)
    {
        await using (var json = Open(context))
        {
            await write(json);
        }

        await context.Out.WriteLineAsync();
    }

    /// <summary>Hands on what was written once it has grown.</summary>
    public static void FlushIfLong(this Utf8JsonWriter json)
    {
        if (json.BytesPending > FlushAt)
        {
            json.Flush();
        }
    }

    /// <summary>An RFC 3339 time in UTC, or null.</summary>
    public static void WriteTime(this Utf8JsonWriter json, string name, DateTimeOffset? at) => json.WriteString(name, Rfc3339(at));

    /// <summary>A number, or null.</summary>
    public static void WriteNumberOrNull(this Utf8JsonWriter json, string name, int? number)
    {
        if (number is { } value)
        {
            json.WriteNumber(name, value);
        }
        else
        {
            json.WriteNull(name);
        }
    }

    /// <summary>A list of strings.</summary>
    public static void WriteStrings(this Utf8JsonWriter json, string name, IEnumerable<string> values)
    {
        json.WriteStartArray(name);
        foreach (var value in values)
        {
            json.WriteStringValue(value);
        }

        json.WriteEndArray();
    }

    private static string? Rfc3339(DateTimeOffset? at) =>
        at?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture);

    // The relaxed encoder keeps quotes and umlauts readable; control characters it still escapes.
    private static Utf8JsonWriter Open(CliContext context)
    {
        context.Out.Flush();
        var options = new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, Indented = context.IsOutputTerminal };
        return new Utf8JsonWriter(context.Output, options);
    }
}

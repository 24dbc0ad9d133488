using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace KeyRotator.Cli.Output;

/// <summary>Writes a tree as YAML: maps in blocks down to a depth, below it in flow style, which is JSON.</summary>
internal static class YamlText
{
    private static readonly JsonSerializerOptions s_flow = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>One member and what is below it.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="name">The member's name.</param>
    /// <param name="value">Its value.</param>
    /// <param name="indent">Columns before the name.</param>
    /// <param name="blocks">How many levels of maps below it stand in blocks.</param>
    public static void Write(TextWriter output, string name, JsonNode? value, int indent, int blocks)
    {
        output.Write($"{new string(' ', indent)}{Scalar(name)}:");
        if (blocks == 0 || value is not JsonObject { Count: > 0 } map)
        {
            output.WriteLine($" {Flow(value)}");
            return;
        }

        output.WriteLine();
        foreach (var (member, below) in map)
        {
            Write(output, member, below, indent + 2, blocks - 1);
        }
    }

    private static string Flow(JsonNode? value) => value switch
    {
        JsonObject map => $"{{ {string.Join(", ", map.Select(member => $"{Scalar(member.Key)}: {Flow(member.Value)}"))} }}",
        JsonArray list => $"[{string.Join(", ", list.Select(Flow))}]",
        JsonValue scalar when scalar.GetValueKind() is JsonValueKind.String => Scalar(scalar.GetValue<string>()),
        null => "null",
        _ => value.ToJsonString(),
    };

    // What is not a plain word in YAML, or could be read as another type, is quoted.
    private static string Scalar(string text) => IsPlain(text) ? text : JsonSerializer.Serialize(text, s_flow);

    private static bool IsPlain(string text) => text.Length > 0 && char.IsAsciiLetter(text[0]) && text.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '_' or '-' or '.' or '/')
        && text is not ("true" or "false" or "yes" or "no" or "on" or "off" or "null" or "none" or "y" or "n");
}

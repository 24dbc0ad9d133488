using System.Text.Json;

namespace KeyRotator.Stores;

/// <summary>Reads members of AWS's answers. What is not there or of another type throws, as the JSON reader does.</summary>
internal static class AwsWire
{
    /// <summary>A member, or null where it is absent or null.</summary>
    public static JsonElement? Member(JsonElement answer, string name) =>
        answer.TryGetProperty(name, out var member) && member.ValueKind is not JsonValueKind.Null ? member : null;

    /// <summary>A member that must be text.</summary>
    public static string Text(JsonElement answer, string name) =>
        answer.GetProperty(name).GetString() ?? throw new JsonException($"{name} is null.");

    /// <summary>A text that may be absent; an empty one counts as that.</summary>
    public static string? OptionalText(JsonElement answer, string name) =>
        Member(answer, name)?.GetString() is { Length: > 0 } text ? text : null;

    /// <summary>A list of texts.</summary>
    public static string[] Texts(JsonElement list) => [.. list.EnumerateArray().Select(text => text.GetString() ?? "")];

    /// <summary>A list of texts that may be absent, which counts as empty.</summary>
    public static string[] OptionalTexts(JsonElement answer, string name) => Member(answer, name) is { } list ? Texts(list) : [];

    /// <summary>Seconds since 1970 with a fraction, or null where it is absent.</summary>
    public static DateTimeOffset? Time(JsonElement answer, string name) => Member(answer, name) is { } seconds
        ? DateTimeOffset.UnixEpoch.AddSeconds(seconds.GetDouble())
        : null;

    /// <summary>A secret's tags.</summary>
    public static IReadOnlyDictionary<string, string> Tags(JsonElement secret)
    {
        var tags = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var tag in Member(secret, "Tags")?.EnumerateArray() ?? default)
        {
            tags[Text(tag, "Key")] = OptionalText(tag, "Value") ?? "";
        }

        return tags;
    }

    /// <summary>Labels by version id.</summary>
    public static IReadOnlyDictionary<string, string[]> Labels(JsonElement? versions) =>
        (versions?.EnumerateObject() ?? default).ToDictionary(
            version => version.Name, version => Texts(version.Value), StringComparer.Ordinal);

    /// <summary>The version that has a label, or null.</summary>
    public static SecretVersion? Holder(IReadOnlyDictionary<string, string[]> labels, string label) =>
        labels.FirstOrDefault(version => version.Value.Contains(label)) is { Key: { } id } ? new(id) : null;

    /// <summary>Writes a value with the token that makes a repeat one write; what was binary stays binary.</summary>
    public static void WriteValue(Utf8JsonWriter json, Guid token, ReadOnlySpan<byte> value, bool isBinary)
    {
        json.WriteString("ClientRequestToken", token.ToString());
        if (isBinary)
        {
            json.WriteBase64String("SecretBinary", value);
        }
        else
        {
            json.WriteString("SecretString", value);
        }
    }

    /// <summary>Writes a version's id, where one is given.</summary>
    public static void WriteVersion(Utf8JsonWriter json, string name, SecretVersion? version)
    {
        if (version is { } given)
        {
            json.WriteString(name, given.Id);
        }
    }

    /// <summary>Writes where the page before ended, where there was one.</summary>
    public static void WriteNext(Utf8JsonWriter json, string? next)
    {
        if (next is not null)
        {
            json.WriteString("NextToken", next);
        }
    }

    /// <summary>Writes a list of texts.</summary>
    public static void WriteTexts(Utf8JsonWriter json, string name, IEnumerable<string> texts)
    {
        json.WriteStartArray(name);
        foreach (var text in texts)
        {
            json.WriteStringValue(text);
        }

        json.WriteEndArray();
    }
}

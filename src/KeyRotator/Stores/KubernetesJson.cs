using System.Buffers;
using System.Text.Json;

namespace KeyRotator.Stores;

/// <summary>Reads members of JSON whose shape is not trusted, and writes what is sent.</summary>
internal static class KubernetesJson
{
    /// <summary>The text as a document, or null where it is no JSON object. It stands on the given bytes.</summary>
    public static JsonDocument? Parse(ReadOnlyMemory<byte> json)
    {
        try
        {
            var document = JsonDocument.Parse(json);
            if (document.RootElement.ValueKind == JsonValueKind.Object)
            {
                return document;
            }

            document.Dispose();
        }
        catch (JsonException)
        {
            // Told by the null; its message would quote the text.
        }

        return null;
    }

    /// <summary>A member's text, or null.</summary>
    public static string? Text(JsonElement element, string member) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(member, out var value)
            && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;

    /// <summary>The objects of a member that is a list; none where it is something else.</summary>
    public static IEnumerable<JsonElement> Items(JsonElement element, string member) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(member, out var list) && list.ValueKind == JsonValueKind.Array
            ? list.EnumerateArray().Where(item => item.ValueKind == JsonValueKind.Object)
            : [];

    /// <summary>Writes an object; what it was written through is cleared.</summary>
    public static byte[] Write(int room, Action<Utf8JsonWriter> members)
    {
        var buffer = new ArrayBufferWriter<byte>(room);
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            members(writer);
            writer.WriteEndObject();
        }

        var bytes = buffer.WrittenSpan.ToArray();
        buffer.Clear();
        return bytes;
    }
}

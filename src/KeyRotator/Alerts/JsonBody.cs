using System.Buffers;
using System.Net.Http.Headers;
using System.Text.Json;

namespace KeyRotator.Alerts;

/// <summary>The JSON bodies of channels.</summary>
internal static class JsonBody
{
    private static readonly MediaTypeHeaderValue s_json = new("application/json") { CharSet = "utf-8" };

    /// <summary>A request that posts a JSON object.</summary>
    /// <param name="url">Where to.</param>
    /// <param name="write">Writes the object's members.</param>
    public static HttpRequestMessage Post(string url, Action<Utf8JsonWriter> write)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = new ByteArrayContent(Write(write)) };
        request.Content.Headers.ContentType = s_json;
        return request;
    }

    /// <summary>A JSON object in UTF-8.</summary>
    public static byte[] Write(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>The leading items that fit into a number of bytes together.</summary>
    public static List<byte[]> Fitting(IEnumerable<byte[]> items, int bytes)
    {
        var left = bytes;
        return [.. items.TakeWhile(item => (left -= item.Length + 1) >= 0)];
    }

    /// <summary>Writes an array of what was written before.</summary>
    public static void WriteRaw(this Utf8JsonWriter json, IEnumerable<byte[]> items)
    {
        foreach (var item in items)
        {
            json.WriteRawValue(item, skipInputValidation: true);
        }
    }
}

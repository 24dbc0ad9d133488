using System.Text.Json;
using System.Text.Unicode;

namespace KeyRotator.Providers;

/// <summary>A provider's whole answer to a probe, read to a cap. A status alone is never a verdict.</summary>
public sealed class ProbeAnswer : IDisposable
{
    private readonly HttpResponseMessage _message;
    private readonly Lazy<JsonDocument?> _json;

    /// <summary>Takes the answer's head and the part of its body that was read.</summary>
    /// <param name="message">Status and headers; stays the caller's.</param>
    /// <param name="body">The body, up to the cap.</param>
    /// <param name="isTruncated">True where the body was longer.</param>
    /// <param name="instance">The instance that was asked.</param>
    /// <param name="keyFormat">Name of the <see cref="KeyFormat"/> that the key matches, or null.</param>
    public ProbeAnswer(
        HttpResponseMessage message, ReadOnlyMemory<byte> body, bool isTruncated, ProviderInstance instance, string? keyFormat)
    {
        _message = message;
        Body = body;
        IsTruncated = isTruncated;
        Instance = instance;
        KeyFormat = keyFormat;
        _json = new Lazy<JsonDocument?>(ParseJson);
    }

    /// <summary>HTTP status; also those that the framework does not name, such as 498 and 529.</summary>
    public int Status => (int)_message.StatusCode;

    /// <summary>The bytes that were read.</summary>
    public ReadOnlyMemory<byte> Body { get; }

    /// <summary>True where the body was longer than the cap.</summary>
    public bool IsTruncated { get; }

    /// <summary>The instance that was asked.</summary>
    public ProviderInstance Instance { get; }

    /// <summary>Name of the format that the key matches, or null. The key itself is not here.</summary>
    public string? KeyFormat { get; }

    /// <summary>Media type without parameters, lower case, or null.</summary>
    public string? MediaType => _message.Content.Headers.ContentType?.MediaType?.ToLowerInvariant();

    /// <summary>The body as JSON, or null where it is none: malformed, cut, nested deeper than 64, or with text that is not
    /// Unicode.</summary>
    public JsonElement? Json => _json.Value?.RootElement;

    /// <summary>First value of a header, or null.</summary>
    public string? Header(string name) =>
        _message.Headers.TryGetValues(name, out var values) || _message.Content.Headers.TryGetValues(name, out values)
            ? values.FirstOrDefault()
            : null;

    /// <summary>True where any header's name starts with the prefix, in any case.</summary>
    public bool HasHeader(string prefix) =>
        _message.Headers.Any(header => header.Key.StartsWith(prefix, StringComparison.OrdinalIgnoreCase));

    /// <summary>The string at a path of object members, or null where the path ends or holds no string.</summary>
    public string? Text(params ReadOnlySpan<string> path) =>
        At(path) is { ValueKind: JsonValueKind.String } value ? value.GetString() : null;

    /// <summary>True where the string at the path contains the phrase, in any case.</summary>
    public bool Says(string phrase, params ReadOnlySpan<string> path) =>
        Text(path)?.Contains(phrase, StringComparison.OrdinalIgnoreCase) ?? false;

    /// <summary>The element at a path of object members, or null where the path ends.</summary>
    public JsonElement? At(params ReadOnlySpan<string> path)
    {
        var element = Json;
        foreach (var member in path)
        {
            element = element is { ValueKind: JsonValueKind.Object } parent && parent.TryGetProperty(member, out var child) ? child : null;
        }

        return element;
    }

    /// <inheritdoc />
    public void Dispose()
    {
        if (_json.IsValueCreated)
        {
            _json.Value?.Dispose();
        }
    }

    private JsonDocument? ParseJson()
    {
        if (IsTruncated || Body.IsEmpty || !Utf8.IsValid(Body.Span))
        {
            return null;
        }

        try
        {
            return HasLoneSurrogate(Body.Span) ? null : JsonDocument.Parse(Body, new JsonDocumentOptions { MaxDepth = 64 });
        }
        catch (JsonException)
        {
            return null;
        }
    }

    // An escaped half of a surrogate pair parses, and throws only when its string is read: so no such document is let in.
    private static bool HasLoneSurrogate(ReadOnlySpan<byte> body)
    {
        if (body.IndexOf("\\ud"u8) < 0 && body.IndexOf("\\uD"u8) < 0)
        {
            return false;
        }

        var reader = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = 64 });
        try
        {
            while (reader.Read())
            {
                _ = reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName ? reader.GetString() : null;
            }

            return false;
        }
        catch (InvalidOperationException)
        {
            return true;
        }
    }
}

using System.Buffers.Text;
using System.Globalization;
using System.Numerics;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using KeyRotator.Keys;
using KeyRotator.Secrets;

namespace KeyRotator.Stores;

/// <summary>A secret without its versions.</summary>
/// <param name="Name">The last part of its resource name: the parts before it carry the project's number, whatever was asked for.</param>
/// <param name="Etag">What a change is made conditional on.</param>
internal sealed record GcpSecret(string Name, string Etag)
{
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    public IReadOnlyDictionary<string, string> Annotations { get; init; } = new Dictionary<string, string>();

    public IReadOnlyDictionary<string, long> Aliases { get; init; } = new Dictionary<string, long>();
}

/// <summary>A version without its value.</summary>
internal sealed record GcpVersion(long Number, string State)
{
    public string? Etag { get; init; }

    public DateTimeOffset? CreatedAt { get; init; }

    /// <summary>Whether the checksum that was sent with the value was seen by the server.</summary>
    public bool ChecksumWasSeen { get; init; }
}

/// <summary>A version's value, its checksum verified. Disposing clears it.</summary>
internal sealed class GcpPayload(long number, byte[] bytes) : IDisposable
{
    private static readonly UTF8Encoding s_strictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public long Number { get; } = number;

    public ReadOnlySpan<byte> Bytes => bytes;

    /// <summary>The value at a location; null where it has no such field.</summary>
    /// <exception cref="SecretStoreException">It is no text, or the field is none.</exception>
    public StoredSecret? Read(SecretLocation location)
    {
        try
        {
            var value = location.Field is null
                ? new SecretValue(s_strictUtf8.GetString(bytes))
                : JsonFields.Read(bytes, location);
            return value is null ? null : new StoredSecret(value, new SecretVersion(GcpApi.Text(Number)));
        }
        catch (DecoderFallbackException)
        {
            // Not kept as the inner exception: it holds bytes of the value.
            throw new SecretStoreException(location.Store, "read", location, isTransient: false, "the secret is no text in UTF-8.");
        }
    }

    /// <inheritdoc />
    public void Dispose() => CryptographicOperations.ZeroMemory(bytes);
}

/// <summary>Versions of a secret.</summary>
/// <param name="Above">Those above the number that was asked for, lowest first.</param>
/// <param name="Highest">Number of the highest of all, in any state; 0 where there is none.</param>
internal sealed record GcpVersions(IReadOnlyList<GcpVersion> Above, long Highest);

/// <summary>One page of a listing.</summary>
/// <param name="Items">What is on it.</param>
/// <param name="Next">Token of the next page, or null.</param>
internal sealed record GcpPage<T>(IReadOnlyList<T> Items, string? Next);

/// <summary>Secret Manager's JSON. Readers throw <see cref="JsonException"/>, <see cref="FormatException"/>,
/// <see cref="KeyNotFoundException"/> or <see cref="InvalidOperationException"/> where the answer has another shape.</summary>
/// <remarks>Source: <c>secretmanager.googleapis.com</c> v1 discovery document and the "data integrity" page. 64-bit numbers travel as
/// strings.</remarks>
internal static class GcpWire
{
    /// <summary>The body of <c>:addVersion</c>. It holds the value: the caller clears it.</summary>
    public static byte[] Payload(ReadOnlySpan<byte> value)
    {
        var head = "{\"payload\":{\"data\":\""u8;
        var tail = Encoding.ASCII.GetBytes($"\",\"dataCrc32c\":\"{Crc32C(value)}\"}}}}");
        var body = new byte[head.Length + Base64.GetMaxEncodedToUtf8Length(value.Length) + tail.Length];
        head.CopyTo(body);
        Base64.EncodeToUtf8(value, body.AsSpan(head.Length), out _, out var written);
        tail.CopyTo(body.AsSpan(head.Length + written));
        return body;
    }

    /// <summary>An object of text members.</summary>
    public static JsonObject Map(IEnumerable<KeyValuePair<string, string>> entries) =>
        new(entries.Select(entry => KeyValuePair.Create(entry.Key, (JsonNode?)JsonValue.Create(entry.Value))));

    /// <summary>The aliases as the API takes them.</summary>
    public static JsonObject Map(IEnumerable<KeyValuePair<string, long>> aliases) =>
        Map(aliases.Select(alias => KeyValuePair.Create(alias.Key, alias.Value.ToString(CultureInfo.InvariantCulture))));

    public static GcpSecret Secret(ReadOnlyMemory<byte> body) => Read(body, Secret);

    public static GcpVersion Version(ReadOnlyMemory<byte> body) => Read(body, Version);

    public static GcpPage<GcpSecret> Secrets(ReadOnlyMemory<byte> body) => Read(body, root => Page(root, "secrets", Secret));

    public static GcpPage<GcpVersion> Versions(ReadOnlyMemory<byte> body) => Read(body, root => Page(root, "versions", Version));

    /// <summary>The answer that has nothing to tell.</summary>
    public static object Nothing(ReadOnlyMemory<byte> body) => Read<object>(body, root =>
        root.EnumerateObject().Any() ? throw new JsonException("There is something.") : new object());

    public static IReadOnlyList<string> Permissions(ReadOnlyMemory<byte> body) => Read<IReadOnlyList<string>>(body, root =>
        root.TryGetProperty("permissions", out var permissions) ? [.. permissions.EnumerateArray().Select(Text)] : []);

    /// <summary>The answer of <c>:access</c>. The value never becomes a string on the way.</summary>
    public static GcpPayload Access(ReadOnlyMemory<byte> body)
    {
        var (number, crc, data) = (0L, "", Array.Empty<byte>());
        var reader = new Utf8JsonReader(body.Span);
        while (reader.Read())
        {
            if (reader.TokenType is JsonTokenType.PropertyName && reader.CurrentDepth is 1 && reader.ValueTextEquals("name"))
            {
                reader.Read();
                number = Number(LastPart(reader.GetString()));
            }
            else if (reader.TokenType is JsonTokenType.PropertyName && reader.CurrentDepth is 2 && reader.ValueTextEquals("data"))
            {
                reader.Read();
                data = reader.GetBytesFromBase64();
            }
            else if (reader.TokenType is JsonTokenType.PropertyName && reader.CurrentDepth is 2 && reader.ValueTextEquals("dataCrc32c"))
            {
                reader.Read();
                crc = reader.GetString() ?? "";
            }
        }

        var payload = new GcpPayload(number, data);
        if (number > 0 && crc == Crc32C(data).ToString(CultureInfo.InvariantCulture))
        {
            return payload;
        }

        payload.Dispose();
        throw new FormatException("The value's checksum is wrong or missing.");
    }

    /// <summary>Castagnoli's cyclic redundancy check.</summary>
    public static uint Crc32C(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var value in bytes)
        {
            crc = BitOperations.Crc32C(crc, value);
        }

        return ~crc;
    }

    private static GcpSecret Secret(JsonElement secret) => new(LastPart(Text(secret.GetProperty("name"))), Text(secret.GetProperty("etag")))
    {
        Labels = Map(secret, "labels", Text),
        Annotations = Map(secret, "annotations", Text),
        Aliases = Map(secret, "versionAliases", value => Number(Text(value))),
    };

    private static GcpVersion Version(JsonElement version) =>
        new(Number(LastPart(Text(version.GetProperty("name")))), Text(version.GetProperty("state")))
        {
            Etag = version.TryGetProperty("etag", out var etag) ? Text(etag) : null,
            CreatedAt = version.TryGetProperty("createTime", out var created) ? created.GetDateTimeOffset().ToUniversalTime() : null,
            ChecksumWasSeen =
                version.TryGetProperty("clientSpecifiedPayloadChecksum", out var seen) && seen.ValueKind is JsonValueKind.True,
        };

    // A page without items leaves the list out, as an empty object does: then only the total tells it from another shape.
    private static GcpPage<T> Page<T>(JsonElement root, string list, Func<JsonElement, T> item)
    {
        var isEmpty = !root.TryGetProperty(list, out var items);
        if (isEmpty && root.EnumerateObject().Any(member => member.Name is not ("totalSize" or "nextPageToken")))
        {
            throw new FormatException("The listing has another shape.");
        }

        var next = root.TryGetProperty("nextPageToken", out var token) ? Text(token) : "";
        return new(isEmpty ? [] : [.. items.EnumerateArray().Select(item)], next.Length == 0 ? null : next);
    }

    private static Dictionary<string, T> Map<T>(JsonElement owner, string member, Func<JsonElement, T> value) =>
        owner.TryGetProperty(member, out var map)
            ? map.EnumerateObject().ToDictionary(entry => entry.Name, entry => value(entry.Value), StringComparer.Ordinal)
            : [];

    private static T Read<T>(ReadOnlyMemory<byte> body, Func<JsonElement, T> read)
    {
        using var document = JsonDocument.Parse(body);
        return read(document.RootElement);
    }

    private static string Text(JsonElement element) => element.GetString() ?? throw new FormatException("Null where text belongs.");

    private static long Number(string text) => long.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);

    private static string LastPart(string? resource) => resource is null ? "" : resource[(resource.LastIndexOf('/') + 1)..];
}

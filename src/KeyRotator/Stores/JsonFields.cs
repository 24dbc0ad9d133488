using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;
using KeyRotator.Keys;
using KeyRotator.Secrets;

namespace KeyRotator.Stores;

/// <summary>Reads and replaces one string member of a secret that is a JSON object, leaving every other byte as it is.</summary>
/// <remarks>Nothing is re-serialised: consumers may depend on order, spacing, escapes and number formats. No message names a member that
/// was not asked
/// for, and no parse error is passed on: both could quote the secret.</remarks>
internal static class JsonFields
{
    private const int MaxDepth = 64;
    private const string WholeSecretAdvice = "leave \"field\" out where the whole secret is the key.";
    private static readonly UTF8Encoding s_strictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The text of the location's field, or null where the object has no such member.</summary>
    /// <exception cref="SecretStoreException">The secret is no JSON object, or the member is no string or there more than once.</exception>
    public static SecretValue? Read(ReadOnlySpan<byte> json, SecretLocation location) => Scan(json, location, "read").Value;

    /// <summary>As the other overload, for a secret that came as text.</summary>
    /// <exception cref="SecretStoreException">The secret is no JSON object, or the member is no string or there more than once.</exception>
    public static SecretValue? Read(SecretValue json, SecretLocation location)
    {
        var bytes = Encode(json, location, "read");
        try
        {
            return Read(bytes, location);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
        }
    }

    /// <summary>The text of the location's field where the object has no other member; else null.</summary>
    /// <exception cref="SecretStoreException">As of <see cref="Read(ReadOnlySpan{byte},SecretLocation)"/>.</exception>
    public static SecretValue? Only(ReadOnlySpan<byte> json, SecretLocation location) =>
        Scan(json, location, "remove") is { Count: 1 } members ? members.Value : null;

    /// <summary>The names of the members that are strings and stand once, or null where the text is no JSON object.</summary>
    public static IReadOnlyList<string>? Names(SecretValue text)
    {
        try
        {
            using var json = JsonDocument.Parse(text.Reveal(), new JsonDocumentOptions { MaxDepth = MaxDepth });
            return json.RootElement.ValueKind is not JsonValueKind.Object
                ? null
                : [.. json.RootElement.EnumerateObject()
                    .GroupBy(member => member.Name, StringComparer.Ordinal)
                    .Where(same => same.Count() == 1 && same.First().Value.ValueKind is JsonValueKind.String)
                    .Select(same => same.Key)];
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>The names of all members, each once; null where the text is no JSON object.</summary>
    public static IReadOnlyList<string>? AllNames(SecretValue text)
    {
        try
        {
            using var json = JsonDocument.Parse(text.Reveal(), new JsonDocumentOptions { MaxDepth = MaxDepth });
            return json.RootElement.ValueKind is not JsonValueKind.Object
                ? null
                : [.. json.RootElement.EnumerateObject().Select(member => member.Name).Distinct(StringComparer.Ordinal)];
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>The object with the location's field set to the value. A member that is not there yet is added at the end, spaced as the
    /// last one is.</summary>
    /// <exception cref="SecretStoreException">The secret is no JSON object, the member is no string or there more than once, or the value
    /// is not Unicode.</exception>
    public static byte[] Replace(ReadOnlySpan<byte> json, SecretLocation location, SecretValue value)
    {
        var members = Scan(json, location, "write");
        var text = Quote(value, location);
        if (members.Value is not null)
        {
            return [.. json[..members.Place.Start], .. text, .. json[members.Place.End..]];
        }

        var name = Quote(new SecretValue(location.Field!), location);
        var comma = members.Count == 1 ? ","u8 : ""u8; // from the second member on, the gap holds one
        var colon = members.Count == 0 ? ":"u8 : json[members.Colon];
        return [.. json[..members.LastEnd], .. comma, .. json[members.Gap], .. name, .. colon, .. text, .. json[members.LastEnd..]];
    }

    /// <summary>Text as the bytes that stores hold.</summary>
    /// <exception cref="SecretStoreException">The text has half of a surrogate pair.</exception>
    public static byte[] Encode(SecretValue value, SecretLocation location, string operation)
    {
        try
        {
            return s_strictUtf8.GetBytes(value.Reveal());
        }
        catch (EncoderFallbackException)
        {
            throw Fault(location, operation, "the text is not valid Unicode.");
        }
    }

    private static byte[] Quote(SecretValue value, SecretLocation location)
    {
        Encode(value, location, "write");
        var escaped = JsonEncodedText.Encode(value.Reveal(), JavaScriptEncoder.UnsafeRelaxedJsonEscaping);
        return [(byte)'"', .. escaped.EncodedUtf8Bytes, (byte)'"'];
    }

    private static Members Scan(ReadOnlySpan<byte> json, SecretLocation location, string operation)
    {
        if (!Utf8.IsValid(json))
        {
            throw Fault(location, operation, "the secret is not valid UTF-8, so it has no fields.");
        }

        try
        {
            return Walk(json, location, operation);
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            // Not kept as the inner exception: its message quotes the text. InvalidOperationException is what half of an escaped surrogate
            // pair gives.
            throw Fault(location, operation, $"the secret is not valid JSON or is nested deeper than {MaxDepth}; {WholeSecretAdvice}");
        }
    }

    private static Members Walk(ReadOnlySpan<byte> json, SecretLocation location, string operation)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = MaxDepth });
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw Fault(location, operation, $"the secret is JSON but no object; {WholeSecretAdvice}");
        }

        var members = new Members { LastEnd = (int)reader.BytesConsumed };
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            Take(ref reader, ref members, location, operation);
        }

        reader.Read(); // refuses what follows the object
        return members;
    }

    private static void Take(ref Utf8JsonReader reader, ref Members members, SecretLocation location, string operation)
    {
        var isWanted = reader.ValueTextEquals(location.Field);
        var nameStart = (int)reader.TokenStartIndex;
        var nameEnd = nameStart + reader.ValueSpan.Length + 2;
        reader.Read();
        var valueStart = (int)reader.TokenStartIndex;
        members.Gap = members.LastEnd..nameStart;
        members.Colon = nameEnd..valueStart;
        if (isWanted)
        {
            members.Value = Text(reader, members, location, operation);
        }

        reader.Skip();
        members.LastEnd = (int)reader.BytesConsumed;
        members.Place = isWanted ? valueStart..members.LastEnd : members.Place;
        members.Count++;
    }

    private static SecretValue Text(Utf8JsonReader reader, Members members, SecretLocation location, string operation)
    {
        if (members.Value is not null)
        {
            throw Fault(location, operation, "the field is there more than once, and readers differ in which one they take.");
        }

        var kind = reader.TokenType switch
        {
            JsonTokenType.String => null,
            JsonTokenType.StartObject => "an object",
            JsonTokenType.StartArray => "an array",
            JsonTokenType.Number => "a number",
            JsonTokenType.Null => "null",
            _ => "true or false",
        };
        return kind is null ? new(reader.GetString()!) : throw Fault(location, operation, $"the field is {kind}, not a string.");
    }

    private static SecretStoreException Fault(SecretLocation location, string operation, string advice) =>
        new(location.Store, operation, location, isTransient: false, advice);

    /// <summary>Where things stand in the bytes: the wanted member's value, and how the last member is spaced.</summary>
    private struct Members
    {
        public SecretValue? Value;
        public Range Place;
        public Range Gap;
        public Range Colon;
        public int LastEnd;
        public int Count;
    }
}

using System.Collections.ObjectModel;
using System.Security.Cryptography;
using System.Text.Json;
using KeyRotator.Keys;
using KeyRotator.Secrets;

namespace KeyRotator.Stores;

/// <summary>A secret as the engine holds it: an object of fields. Dispose it, which clears them.</summary>
/// <param name="fields">The object's bytes as they came; null where the version is deleted or destroyed.</param>
internal sealed class VaultSecret(byte[]? fields) : IDisposable
{
    /// <summary>The field of a secret that is written as a whole and was absent.</summary>
    public const string WholeField = "value";

    private const int MaxDepth = 80;

    /// <summary>The version, or null in an engine without versions.</summary>
    public long? Version { get; init; }

    /// <summary>When it was written (UTC), or null.</summary>
    public DateTimeOffset? WrittenAt { get; init; }

    /// <summary>Whether it is gone for good.</summary>
    public bool IsDestroyed { get; init; }

    /// <summary>The secret's custom metadata.</summary>
    public IReadOnlyDictionary<string, string> Custom { get; init; } = ReadOnlyDictionary<string, string>.Empty;

    /// <summary>Whether the version has no fields any more: deleted or destroyed.</summary>
    public bool IsGone => fields is null;

    /// <summary>The version as the ports name it.</summary>
    public SecretVersion? Id => Version is { } version ? VaultVersion.Of(version) : null;

    /// <summary>The names of the fields that are texts.</summary>
    public IReadOnlyList<string> Names
    {
        get
        {
            using var document = JsonDocument.Parse(fields, new JsonDocumentOptions { MaxDepth = MaxDepth });
            var texts = document.RootElement.EnumerateObject().Where(member => member.Value.ValueKind is JsonValueKind.String);
            return [.. texts.Select(member => member.Name).Distinct(StringComparer.Ordinal)];
        }
    }

    /// <summary>The names of all fields, texts or not.</summary>
    public IReadOnlyList<string> AllNames
    {
        get
        {
            using var document = JsonDocument.Parse(fields, new JsonDocumentOptions { MaxDepth = MaxDepth });
            return [.. document.RootElement.EnumerateObject().Select(member => member.Name).Distinct(StringComparer.Ordinal)];
        }
    }

    /// <summary>The value at a location; null where it has no such field.</summary>
    /// <exception cref="SecretStoreException">The field is no text, or the location names none and there is not exactly one.</exception>
    public SecretValue? Read(SecretLocation location, string operation) =>
        location.Field is null ? Only(location, operation).Value : JsonFields.Read(fields, location);

    /// <summary>Whether every field of the write has exactly its value.</summary>
    public bool Holds(SecretWrite write) => write.Locations.All(
        location => string.Equals(Read(location, "write")?.Reveal(), write.Value.Reveal(), StringComparison.Ordinal));

    /// <summary>Lets it pass where the location's field, or the one that a first write makes, is the only one and has one of these
    /// values.</summary>
    /// <exception cref="SecretStoreException">It has another value or field.</exception>
    public void RequireOnly(SecretLocation location, IReadOnlyCollection<SecretValue> known) =>
        KnownSecrets.Require(fields, location with { Field = location.Field ?? WholeField }, known);

    /// <summary>All fields with the write's set to the value, every other byte as it was.</summary>
    public byte[] With(SecretWrite write) => JsonWrites.Replace(fields, write with { Location = Named(write.Location) });

    /// <summary>The write's fields alone, with the value.</summary>
    public byte[] Patch(SecretWrite write) => JsonWrites.Replace("{}"u8, write with { Location = Named(write.Location) });

    /// <summary>The fields of a new secret.</summary>
    public static byte[] New(SecretWrite write) =>
        JsonWrites.Replace("{}"u8, write with { Location = write.Location with { Field = write.Location.Field ?? WholeField } });

    /// <inheritdoc />
    public void Dispose() => CryptographicOperations.ZeroMemory(fields);

    private SecretLocation Named(SecretLocation location) =>
        location.Field is null ? location with { Field = Only(location, "write").Name } : location;

    private Single Only(SecretLocation location, string operation)
    {
        try
        {
            using var document = JsonDocument.Parse(fields, new JsonDocumentOptions { MaxDepth = MaxDepth });
            JsonProperty[] members = [.. document.RootElement.EnumerateObject()];
            return members switch
            {
                [{ Value.ValueKind: JsonValueKind.String } only] => new(only.Name, new SecretValue(only.Value.GetString()!)),
                [_] => throw Fault(location, operation, "its one field is not a text."),
                _ => throw Fault(location, operation, $"it has {members.Length} fields: name one with \"field\"."),
            };
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            // Not kept as the inner exception: its message quotes the text. The second is what half of a surrogate pair gives.
            throw Fault(location, operation, "its fields are not valid JSON.");
        }
    }

    private static SecretStoreException Fault(SecretLocation location, string operation, string advice) =>
        new(location.Store, operation, location, isTransient: false, advice);

    private sealed record Single(string Name, SecretValue Value);
}

/// <summary>Versions are numbers from 1.</summary>
internal static class VaultVersion
{
    /// <summary>The version as the ports name it.</summary>
    public static SecretVersion Of(long version) => new(version.ToString(System.Globalization.CultureInfo.InvariantCulture));

    /// <summary>The number of a version, or null where no engine can have given it.</summary>
    public static long? Number(SecretVersion version) =>
        long.TryParse(version.Id, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var number)
        && number > 0
            ? number
            : null;
}

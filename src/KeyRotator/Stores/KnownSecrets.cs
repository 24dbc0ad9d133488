using System.Security.Cryptography;
using KeyRotator.Keys;
using KeyRotator.Secrets;

namespace KeyRotator.Stores;

/// <summary>Tells whether a secret holds nothing but values that whoever removes it knows: what <see cref="ISecretRemoval"/> asks
/// of each version.</summary>
internal static class KnownSecrets
{
    /// <summary>Lets a version pass whose whole text, or only field, is one of the values.</summary>
    /// <exception cref="SecretStoreException">It is not, or there is another field.</exception>
    public static void Require(ReadOnlySpan<byte> text, SecretLocation location, IReadOnlyCollection<SecretValue> known)
    {
        if (!IsOneOf(text, location, known))
        {
            throw Refusal(location);
        }
    }

    /// <summary>Whether a text is one of the values.</summary>
    public static bool IsOneOf(ReadOnlySpan<byte> text, SecretLocation location, IReadOnlyCollection<SecretValue> known)
    {
        var only = location.Field is null ? null : JsonFields.Only(text, location);
        var bytes = only is null ? null : JsonFields.Encode(only, location, "remove");
        var isKnown = false;
        foreach (var value in location.Field is null || only is not null ? known : [])
        {
            var wanted = JsonFields.Encode(value, location, "remove");
            isKnown |= CryptographicOperations.FixedTimeEquals(bytes ?? text, wanted);
            CryptographicOperations.ZeroMemory(wanted);
        }

        CryptographicOperations.ZeroMemory(bytes);
        return isKnown;
    }

    /// <summary>The refusal to remove what holds something else.</summary>
    public static SecretConflictException Refusal(SecretLocation location, string? why = null) =>
        new(location.Store, location, why ?? "it holds, or a version of it does, something that was not put there for this.", "remove");
}

using System.Security.Cryptography;

namespace KeyRotator.Stores;

/// <summary>All fields of one write at once, in a secret that is a JSON object.</summary>
internal static class JsonWrites
{
    /// <summary>The object with every field of the write set to its value.</summary>
    /// <exception cref="SecretStoreException">As of <see cref="JsonFields.Replace"/>.</exception>
    public static byte[] Replace(ReadOnlySpan<byte> json, SecretWrite write)
    {
        var merged = JsonFields.Replace(json, write.Location, write.Value);
        foreach (var location in write.Locations.Skip(1))
        {
            var before = merged;
            try
            {
                merged = JsonFields.Replace(before, location, write.Value);
            }
            finally
            {
                CryptographicOperations.ZeroMemory(before);
            }
        }

        return merged;
    }

    /// <summary>Whether every field of the write has its value.</summary>
    /// <exception cref="SecretStoreException">As of <see cref="JsonFields.Read(ReadOnlySpan{byte}, Keys.SecretLocation)"/>.</exception>
    public static bool Holds(ReadOnlySpan<byte> json, SecretWrite write)
    {
        foreach (var location in write.Locations)
        {
            if (JsonFields.Read(json, location)?.Reveal() != write.Value.Reveal())
            {
                return false;
            }
        }

        return true;
    }
}

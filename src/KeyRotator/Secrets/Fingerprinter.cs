using System.Buffers;
using System.Security.Cryptography;
using System.Text;

namespace KeyRotator.Secrets;

/// <summary>The only maker of fingerprints. Keyed with the installation's random salt, so that a fingerprint confirms nothing to an
/// outsider.</summary>
public sealed class Fingerprinter
{
    /// <summary>Length of the salt in bytes.</summary>
    public const int SaltLength = 32;

    private readonly byte[] _salt;

    /// <summary>Takes the salt that the database keeps, <see cref="SaltLength"/> bytes.</summary>
    /// <exception cref="ArgumentException">The salt has another length.</exception>
    public Fingerprinter(ReadOnlySpan<byte> salt)
    {
        if (salt.Length != SaltLength)
        {
            throw new ArgumentException($"The salt has {SaltLength} bytes.", nameof(salt));
        }

        _salt = salt.ToArray();
    }

    /// <summary>The fingerprint of a value; equal for equal text.</summary>
    public Fingerprint Of(SecretValue value)
    {
        ArgumentNullException.ThrowIfNull(value);
        var text = value.Reveal();
        var rented = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(text.Length));
        try
        {
            var length = Encoding.UTF8.GetBytes(text, rented);
            Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
            HMACSHA256.HashData(_salt, rented.AsSpan(0, length), hash);
            return Fingerprint.FromHash(hash);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented, clearArray: true);
        }
    }
}

using System.Security.Cryptography;

namespace KeyRotator.Stores;

/// <summary>AES-256-GCM under the keys of one store file: one for the index, one for values. Held in memory for as long as the file keeps
/// its salt.</summary>
internal sealed class FileStoreCipher
{
    public const int NonceLength = 12;
    public const int TagLength = 16;
    public const int CheckLength = 16;

    /// <summary>What sealing adds to a value.</summary>
    public const int Overhead = NonceLength + TagLength;

    private const int KeyLength = 32;
    private readonly byte[] _indexKey;
    private readonly byte[] _valueKey;
    private readonly byte[] _check;

    public FileStoreCipher(ReadOnlySpan<byte> root, ReadOnlySpan<byte> salt)
    {
        _indexKey = Expand(root, salt, KeyLength, "keyrotator store file: index"u8);
        _valueKey = Expand(root, salt, KeyLength, "keyrotator store file: values"u8);
        _check = Expand(root, salt, CheckLength, "keyrotator store file: check"u8);
    }

    /// <summary>Tells a wrong key from a damaged file. Derived apart from the keys, so that it says nothing about them.</summary>
    public ReadOnlySpan<byte> Check => _check;

    public void SealIndex(
        ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> plain, Span<byte> sealedIndex, Span<byte> tag, ReadOnlySpan<byte> header)
    {
        using var aes = new AesGcm(_indexKey, TagLength);
        aes.Encrypt(nonce, plain, sealedIndex, tag, header);
    }

    /// <exception cref="InvalidDataException">Header or index were changed.</exception>
    public byte[] OpenIndex(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> sealedIndex, ReadOnlySpan<byte> tag, ReadOnlySpan<byte> header)
    {
        var plain = new byte[sealedIndex.Length];
        using var aes = new AesGcm(_indexKey, TagLength);
        try
        {
            aes.Decrypt(nonce, sealedIndex, tag, plain, header);
            return plain;
        }
        catch (AuthenticationTagMismatchException)
        {
            throw new InvalidDataException("its index was changed or damaged; put a backup in its place.");
        }
    }

    /// <summary>Nonce, tag and ciphertext of a value, bound to its name and version.</summary>
    public byte[] SealValue(ReadOnlySpan<byte> plain, ReadOnlySpan<byte> identity)
    {
        var result = new byte[Overhead + plain.Length];
        var nonce = result.AsSpan(0, NonceLength);
        RandomNumberGenerator.Fill(nonce);
        using var aes = new AesGcm(_valueKey, TagLength);
        aes.Encrypt(nonce, plain, result.AsSpan(Overhead), result.AsSpan(NonceLength, TagLength), identity);
        return result;
    }

    /// <summary>The clear bytes of a sealed value. The caller clears them.</summary>
    /// <exception cref="InvalidDataException">The value was changed, or belongs to another name or version.</exception>
    public byte[] OpenValue(ReadOnlySpan<byte> sealedValue, ReadOnlySpan<byte> identity)
    {
        var plain = new byte[sealedValue.Length - Overhead];
        using var aes = new AesGcm(_valueKey, TagLength);
        try
        {
            aes.Decrypt(sealedValue[..NonceLength], sealedValue[Overhead..], sealedValue.Slice(NonceLength, TagLength), plain, identity);
            return plain;
        }
        catch (AuthenticationTagMismatchException)
        {
            throw new InvalidDataException("the value was changed or damaged in the file; put a backup in its place.");
        }
    }

    private static byte[] Expand(ReadOnlySpan<byte> root, ReadOnlySpan<byte> salt, int length, ReadOnlySpan<byte> purpose)
    {
        var key = new byte[length];
        HKDF.DeriveKey(HashAlgorithmName.SHA256, root, key, salt, purpose);
        return key;
    }
}

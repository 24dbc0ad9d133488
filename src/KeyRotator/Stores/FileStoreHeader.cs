using System.Buffers.Binary;
using System.Security.Cryptography;

namespace KeyRotator.Stores;

/// <summary>The clear part in front of a store file, authenticated together with the index behind it.</summary>
/// <remarks><code>
///  0  8  "KRSTORE" 1A     48 16  key check
///  8  2  format, 1        64  4  length of the index
/// 10  1  derivation       68 12  nonce of the index, random at every write
/// 11  1  zero             80 16  tag of the index, which covers bytes 0 to 79 too
/// 12  4  PBKDF2 rounds    96     index, then values
/// 16 32  salt
/// </code>Integers are little-endian. Two headers are equal exactly when they stand in front of the same index: nonce and tag see to
/// that.</remarks>
internal sealed class FileStoreHeader
{
    public const int Length = 96;

    private const ushort Format = 1;
    private const int SaltLength = 32;
    private const int Authenticated = 80;
    private readonly byte[] _bytes;

    private FileStoreHeader(byte[] bytes) => _bytes = bytes;

    private static ReadOnlySpan<byte> Magic => "KRSTORE\u001A"u8;

    public ReadOnlySpan<byte> Bytes => _bytes;

    public FileStoreDerivation Derivation => (FileStoreDerivation)_bytes[10];

    public int Rounds => BinaryPrimitives.ReadInt32LittleEndian(_bytes.AsSpan(12));

    public ReadOnlySpan<byte> Salt => _bytes.AsSpan(16, SaltLength);

    public int IndexLength => BinaryPrimitives.ReadInt32LittleEndian(_bytes.AsSpan(64));

    private Span<byte> Check => _bytes.AsSpan(48, FileStoreCipher.CheckLength);

    private Span<byte> Nonce => _bytes.AsSpan(68, FileStoreCipher.NonceLength);

    private Span<byte> Tag => _bytes.AsSpan(Authenticated, FileStoreCipher.TagLength);

    /// <summary>The header of a file that is to be, with a salt of its own.</summary>
    public static FileStoreHeader Create(FileStoreKey key)
    {
        var bytes = new byte[Length];
        Magic.CopyTo(bytes);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(8), Format);
        bytes[10] = (byte)key.Derivation;
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(12), key.RoundsForNewFile);
        RandomNumberGenerator.Fill(bytes.AsSpan(16, SaltLength));
        return new(bytes);
    }

    /// <exception cref="InvalidDataException">The bytes are not the beginning of a store file, or of one that this version does not
    /// know.</exception>
    public static FileStoreHeader Parse(byte[] bytes)
    {
        if (bytes.Length < Length || !bytes.AsSpan().StartsWith(Magic))
        {
            throw new InvalidDataException("it is not a store file of KeyRotator, or was cut short.");
        }

        var format = BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(8));
        return format == Format
            ? new(bytes)
            : throw new InvalidDataException(
                $"it has format {format}, this version reads format {Format}: a newer KeyRotator wrote it, or it is damaged.");
    }

    public bool StandsBefore(FileStoreIndex? index) => index is not null && index.Header.Bytes.SequenceEqual(_bytes);

    /// <exception cref="InvalidDataException">Another kind of key is configured, or another key.</exception>
    public FileStoreCipher Unlock(FileStoreKey key)
    {
        if (Derivation != key.Derivation)
        {
            throw new InvalidDataException(key.Derivation == FileStoreDerivation.Passphrase
                ? "it was not written with a passphrase; configure the keyFile that it was written with."
                : "it was not written with a key file; configure the passphrase that it was written with.");
        }

        var cipher = key.Derive(Salt, Rounds);
        var kind = key.Derivation == FileStoreDerivation.Passphrase ? "passphrase" : "key file";
        return CryptographicOperations.FixedTimeEquals(cipher.Check, Check)
            ? cipher
            : throw new InvalidDataException($"this is not the {kind} that it was written with.");
    }

    /// <summary>The header for another index of the same file, and that index sealed.</summary>
    public FileStoreHeader Seal(FileStoreCipher cipher, ReadOnlySpan<byte> index, out byte[] sealedIndex)
    {
        var next = new FileStoreHeader([.. _bytes]);
        cipher.Check.CopyTo(next.Check);
        BinaryPrimitives.WriteInt32LittleEndian(next._bytes.AsSpan(64), index.Length);
        RandomNumberGenerator.Fill(next.Nonce);
        sealedIndex = new byte[index.Length];
        cipher.SealIndex(next.Nonce, index, sealedIndex, next.Tag, next._bytes.AsSpan(0, Authenticated));
        return next;
    }

    /// <exception cref="InvalidDataException">Header or index were changed.</exception>
    public byte[] Open(FileStoreCipher cipher, ReadOnlySpan<byte> sealedIndex) =>
        cipher.OpenIndex(Nonce, sealedIndex, Tag, _bytes.AsSpan(0, Authenticated));
}

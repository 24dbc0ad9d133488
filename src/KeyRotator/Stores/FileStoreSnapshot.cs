using System.Text;
using Microsoft.Win32.SafeHandles;

namespace KeyRotator.Stores;

/// <summary>One opened store file and the index in it, for one call. A writer puts a new file in its place and never changes this one, so
/// it stays whole.</summary>
/// <remarks>Reads are synchronous: values are small and mostly in the page cache, where a thread-pool hop costs more than the
/// read.</remarks>
internal sealed class FileStoreSnapshot(SafeFileHandle file, FileStoreIndex index) : IDisposable
{
    private const int LargestIndex = 256 * 1024 * 1024;

    public FileStoreIndex Index => index;

    public static FileStoreHeader ReadHeader(SafeFileHandle file)
    {
        var length = RandomAccess.GetLength(file);
        var bytes = new byte[(int)Math.Min(length, FileStoreHeader.Length)];
        Fill(file, bytes, 0);
        return FileStoreHeader.Parse(bytes);
    }

    /// <exception cref="InvalidDataException">The file was changed or damaged.</exception>
    public static FileStoreIndex ReadIndex(SafeFileHandle file, FileStoreHeader header, FileStoreCipher cipher)
    {
        var length = RandomAccess.GetLength(file);
        if (header.IndexLength < 0 || header.IndexLength > Math.Min(length - FileStoreHeader.Length, LargestIndex))
        {
            throw new InvalidDataException("it was cut short, or its header was changed; put a backup in its place.");
        }

        var sealedIndex = new byte[header.IndexLength];
        Fill(file, sealedIndex, FileStoreHeader.Length);
        var index = FileStoreIndex.Parse(header, cipher, header.Open(cipher, sealedIndex));
        return index.FileLength == length
            ? index
            : throw new InvalidDataException(
                $"it has {length} bytes and its index speaks of {index.FileLength}: cut short or appended to; put a backup in its place.");
    }

    /// <summary>What the value is bound to: moved to another name or version, it does not open.</summary>
    public static byte[] IdentityOf(string name, FileStoreVersion version) => Encoding.UTF8.GetBytes($"{version.Id} {name}");

    /// <summary>The current version, or the one that is asked for, or null.</summary>
    public FileStoreVersion? Find(string name, SecretVersion? version) => index.Secrets.TryGetValue(name, out var versions)
        ? version is null ? versions[^1] : Array.Find(versions, candidate => candidate.Id == version)
        : null;

    /// <summary>The value's clear bytes. The caller clears them.</summary>
    /// <exception cref="InvalidDataException">The value was changed or damaged.</exception>
    public byte[] Open(string name, FileStoreVersion version) => index.Cipher.OpenValue(ReadSealed(version), IdentityOf(name, version));

    public byte[] ReadSealed(FileStoreVersion version)
    {
        var sealedValue = new byte[version.Length];
        Fill(file, sealedValue, version.Offset);
        return sealedValue;
    }

    public void Dispose() => file.Dispose();

    private static void Fill(SafeFileHandle file, Span<byte> buffer, long offset)
    {
        while (!buffer.IsEmpty)
        {
            var read = RandomAccess.Read(file, buffer, offset);
            if (read == 0)
            {
                throw new InvalidDataException("it was cut short while it was read; put a backup in its place.");
            }

            buffer = buffer[read..];
            offset += read;
        }
    }
}

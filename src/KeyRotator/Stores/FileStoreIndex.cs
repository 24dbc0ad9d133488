using System.Globalization;

namespace KeyRotator.Stores;

/// <summary>Which versions of which secrets a store file holds, and where: everything but values.</summary>
internal sealed class FileStoreIndex
{
    private FileStoreIndex(FileStoreHeader header, FileStoreCipher cipher, Dictionary<string, FileStoreVersion[]> secrets, long length) =>
        (Header, Cipher, Secrets, FileLength) = (header, cipher, secrets, length);

    public FileStoreHeader Header { get; }

    public FileStoreCipher Cipher { get; }

    /// <summary>Kept versions by the secret's name, oldest first, at least one.</summary>
    public IReadOnlyDictionary<string, FileStoreVersion[]> Secrets { get; }

    /// <summary>The length that the whole file must have.</summary>
    public long FileLength { get; }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    public static FileStoreIndex Parse(FileStoreHeader header, FileStoreCipher cipher, byte[] plain)
    {
        using var reader = new BinaryReader(new MemoryStream(plain, writable: false));
        var count = reader.ReadInt32();
        var secrets = new Dictionary<string, FileStoreVersion[]>(count, StringComparer.Ordinal);
        var offset = FileStoreHeader.Length + (long)plain.Length;
        for (var i = 0; i < count; i++)
        {
            var name = reader.ReadString();
            var versions = new FileStoreVersion[reader.ReadByte()];
            for (var v = 0; v < versions.Length; v++)
            {
                versions[v] = FileStoreVersion.Read(reader, offset);
                offset += versions[v].Length;
            }

            secrets.Add(name, versions);
        }

        return new(header, cipher, secrets, offset);
    }

    /// <summary>The index of these secrets, whose sealed values follow it in the same order.</summary>
    public static byte[] Write(IReadOnlyDictionary<string, FileStoreVersion[]> secrets)
    {
        var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        writer.Write(secrets.Count);
        foreach (var (name, versions) in secrets)
        {
            writer.Write(name);
            writer.Write((byte)versions.Length);
            foreach (var version in versions)
            {
                version.Write(writer);
            }
        }

        return stream.ToArray();
    }
}

/// <summary>One kept version of a secret.</summary>
/// <param name="Sequence">Counts the secret's versions from 1.</param>
/// <param name="Salt">Random, so that a file that was put back from a backup and written again never repeats a version id for another
/// value.</param>
/// <param name="Token">The write's token.</param>
/// <param name="WrittenAt">Milliseconds since 1970 (UTC).</param>
/// <param name="Length">Bytes of the sealed value.</param>
/// <param name="Offset">Where it starts in the file; for a version that is not written yet, nothing.</param>
/// <param name="Pending">The sealed value of a version that is not written yet, or null.</param>
internal sealed record FileStoreVersion(
    int Sequence, uint Salt, Guid Token, long WrittenAt, int Length, long Offset, byte[]? Pending = null)
{
    public SecretVersion Id => new(string.Create(CultureInfo.InvariantCulture, $"{Sequence}-{Salt:x8}"));

    public static FileStoreVersion Read(BinaryReader reader, long offset) =>
        new(reader.ReadInt32(), reader.ReadUInt32(), new Guid(reader.ReadBytes(16)), reader.ReadInt64(), reader.ReadInt32(), offset);

    public void Write(BinaryWriter writer)
    {
        writer.Write(Sequence);
        writer.Write(Salt);
        writer.Write(Token.ToByteArray());
        writer.Write(WrittenAt);
        writer.Write(Length);
    }
}

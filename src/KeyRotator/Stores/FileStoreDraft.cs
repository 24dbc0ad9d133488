using System.Security.Cryptography;
using System.Text;
using KeyRotator.Keys;
using KeyRotator.Secrets;

namespace KeyRotator.Stores;

/// <summary>What a store file is to hold next: what it holds now, and writes on top. Nothing reaches the disk before
/// <see cref="WriteTo"/>.</summary>
internal sealed class FileStoreDraft
{
    public const int VersionsKept = 10;
    private const int LongestName = 1024;

    private readonly FileStoreSnapshot? _current;
    private readonly FileStoreHeader _header;
    private readonly FileStoreCipher _cipher;
    private readonly int _maxBytes;
    private readonly Dictionary<string, FileStoreVersion[]> _secrets;

    /// <summary>Starts from the current file, or from nothing where there is none yet.</summary>
    public FileStoreDraft(FileStoreSnapshot? current, FileStoreKey key, int maxBytes)
    {
        _current = current;
        _header = current?.Index.Header ?? FileStoreHeader.Create(key);
        _cipher = current?.Index.Cipher ?? key.Derive(_header.Salt, _header.Rounds);
        _maxBytes = maxBytes;
        _secrets = current is null ? new(StringComparer.Ordinal) : new(current.Index.Secrets, StringComparer.Ordinal);
    }

    /// <summary>Whether there is anything to write.</summary>
    public bool IsChanged { get; private set; }

    /// <summary>Takes one write, or recognises that it stands already: first by its token, then by its condition, then by its
    /// value.</summary>
    public SecretVersion Apply(SecretWrite write, DateTimeOffset now)
    {
        var versions = _secrets.GetValueOrDefault(write.Location.Name) ?? [];
        if (Array.Find(versions, version => version.Token == write.Token) is { } repeated)
        {
            return Holds(repeated, write) ? repeated.Id : throw Fault(write.Location, "its token was used for another value before.");
        }

        var current = versions.LastOrDefault();
        RequireExpected(write, current);
        if (current is not null && Holds(current, write))
        {
            return current.Id;
        }

        var next = Seal(write, current, now);
        _secrets[write.Location.Name] = [.. versions.TakeLast(VersionsKept - 1), next];
        IsChanged = true;
        return next.Id;
    }

    /// <summary>Drops one earlier version. Gone already: nothing changes.</summary>
    /// <returns>Whether anything changed.</returns>
    /// <exception cref="SecretConflictException">The version is current.</exception>
    public bool Purge(SecretLocation location, SecretVersion version)
    {
        var versions = _secrets.GetValueOrDefault(location.Name) ?? [];
        if (versions.LastOrDefault()?.Id == version)
        {
            throw new SecretConflictException(
                location.Store, location, $"version {version} is current, and only an earlier one is purged.");
        }

        var kept = Array.FindAll(versions, candidate => candidate.Id != version);
        if (kept.Length < versions.Length)
        {
            _secrets[location.Name] = kept;
            IsChanged = true;
        }

        return IsChanged;
    }

    /// <summary>Drops a secret that holds nothing but these values, in any version. Absent: nothing changes.</summary>
    /// <returns>Whether anything changed.</returns>
    /// <exception cref="SecretStoreException">It holds something else.</exception>
    public bool Remove(SecretLocation location, IReadOnlyCollection<SecretValue> known)
    {
        foreach (var version in _secrets.GetValueOrDefault(location.Name) ?? [])
        {
            var plain = Open(location.Name, version);
            try
            {
                KnownSecrets.Require(plain, location, known);
            }
            finally
            {
                CryptographicOperations.ZeroMemory(plain);
            }
        }

        IsChanged |= _secrets.Remove(location.Name);
        return IsChanged;
    }

    /// <summary>Writes the whole file: header, index, values in the order of the index. Values that did not change keep their
    /// ciphertext.</summary>
    public void WriteTo(Stream file)
    {
        var header = _header.Seal(_cipher, FileStoreIndex.Write(_secrets), out var sealedIndex);
        file.Write(header.Bytes);
        file.Write(sealedIndex);
        foreach (var version in _secrets.Values.SelectMany(versions => versions))
        {
            file.Write(SealedBytes(version));
        }
    }

    private static void RequireExpected(SecretWrite write, FileStoreVersion? current)
    {
        if (current?.Id != write.ExpectedVersion)
        {
            throw new SecretConflictException(write.Location.Store, write.Location, (current, write.ExpectedVersion) switch
            {
                (null, _) => $"version {write.ExpectedVersion} is expected, and the secret is absent.",
                (_, null) => $"the secret is expected to be absent, and has version {current.Id}.",
                _ => $"version {write.ExpectedVersion} is expected, and {current.Id} is current.",
            });
        }
    }

    private bool Holds(FileStoreVersion version, SecretWrite write)
    {
        var plain = Open(write.Location.Name, version);
        try
        {
            return write.Location.Field is null
                ? string.Equals(Encoding.UTF8.GetString(plain), write.Value.Reveal(), StringComparison.Ordinal)
                : JsonWrites.Holds(plain, write);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(plain);
        }
    }

    private FileStoreVersion Seal(SecretWrite write, FileStoreVersion? current, DateTimeOffset now)
    {
        var plain = Merge(write, current);
        try
        {
            RequireFits(write.Location, plain.Length);
            var salt = BitConverter.ToUInt32(RandomNumberGenerator.GetBytes(4));
            var version = new FileStoreVersion((current?.Sequence ?? 0) + 1, salt, write.Token, now.ToUnixTimeMilliseconds(), 0, 0);
            var sealedValue = _cipher.SealValue(plain, FileStoreSnapshot.IdentityOf(write.Location.Name, version));
            return version with { Length = sealedValue.Length, Pending = sealedValue };
        }
        finally
        {
            CryptographicOperations.ZeroMemory(plain);
        }
    }

    private byte[] Merge(SecretWrite write, FileStoreVersion? current)
    {
        if (write.Location.Field is null)
        {
            return JsonFields.Encode(write.Value, write.Location, "write");
        }

        var before = current is null ? [.. "{}"u8] : Open(write.Location.Name, current);
        try
        {
            return JsonWrites.Replace(before, write);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(before);
        }
    }

    private byte[] Open(string name, FileStoreVersion version) =>
        _cipher.OpenValue(SealedBytes(version), FileStoreSnapshot.IdentityOf(name, version));

    private byte[] SealedBytes(FileStoreVersion version) => version.Pending ?? _current!.ReadSealed(version);

    private void RequireFits(SecretLocation location, int bytes)
    {
        if (location.Name.Length is 0 or > LongestName || location.Name.EnumerateRunes().Contains(Rune.ReplacementChar))
        {
            throw Fault(location, $"a name has 1 to {LongestName} Unicode characters.");
        }

        if (bytes > _maxBytes)
        {
            throw Fault(location, $"the secret would have {bytes} bytes, and this store takes {_maxBytes}.");
        }
    }

    private static SecretStoreException Fault(SecretLocation location, string advice) =>
        new(location.Store, "write", location, isTransient: false, advice);
}

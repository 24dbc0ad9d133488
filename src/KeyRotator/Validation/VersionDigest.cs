using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace KeyRotator.Validation;

/// <summary>Which version every secret of a listing has, at sixteen bytes a secret: it can be asked, and not be read back.</summary>
internal sealed class VersionDigest
{
    private const int LongestOnStack = 512;
    private readonly List<UInt128> _seen = [];
    private bool _isSorted;

    /// <summary>How many were added.</summary>
    public int Count => _seen.Count;

    /// <summary>Takes one in. Not once it was asked.</summary>
    public void Add(string name, string version) => _seen.Add(Hash(name, version));

    /// <summary>Ends it: from now on it can be asked, by any number of threads.</summary>
    public VersionDigest Seal()
    {
        _seen.Sort();
        _seen.TrimExcess();
        _isSorted = true;
        return this;
    }

    /// <summary>Whether the secret has that version.</summary>
    /// <exception cref="InvalidOperationException">It was not sealed.</exception>
    public bool Shows(string name, string version) =>
        _isSorted ? _seen.BinarySearch(Hash(name, version)) >= 0 : throw new InvalidOperationException("The listing has not ended.");

    // The name's length in front: no two pairs make the same text.
    private static UInt128 Hash(string name, string version)
    {
        var length = sizeof(int) + Encoding.UTF8.GetByteCount(name) + Encoding.UTF8.GetByteCount(version);
        var text = length <= LongestOnStack ? stackalloc byte[length] : new byte[length];
        BinaryPrimitives.WriteInt32LittleEndian(text, name.Length);
        var written = sizeof(int) + Encoding.UTF8.GetBytes(name, text[sizeof(int)..]);
        Encoding.UTF8.GetBytes(version, text[written..]);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(text, hash);
        return BinaryPrimitives.ReadUInt128LittleEndian(hash);
    }
}

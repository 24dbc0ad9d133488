using System.Security.Cryptography;

namespace KeyRotator.Stores.Remote;

/// <summary>Bytes that grow and are cleared: each array that held some of them, when it is left behind.</summary>
internal sealed class SecretBuffer : IDisposable
{
    private byte[] _bytes = new byte[4096];

    /// <summary>How many bytes are in it.</summary>
    public int Length { get; private set; }

    /// <summary>Room for more, at least one byte.</summary>
    public Memory<byte> Free()
    {
        if (Length == _bytes.Length)
        {
            var larger = new byte[_bytes.Length * 2];
            _bytes.CopyTo(larger, 0);
            CryptographicOperations.ZeroMemory(_bytes);
            _bytes = larger;
        }

        return _bytes.AsMemory(Length);
    }

    /// <summary>Says that so much of the room was filled.</summary>
    public void Advance(int count) => Length += count;

    /// <summary>A copy of what is in it.</summary>
    public byte[] ToArray() => _bytes[..Length];

    /// <inheritdoc />
    public void Dispose() => CryptographicOperations.ZeroMemory(_bytes);
}

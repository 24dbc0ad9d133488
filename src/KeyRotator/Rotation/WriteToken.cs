using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using KeyRotator.Keys;

namespace KeyRotator.Rotation;

/// <summary>The token of one write: the same for each repeat of it, another for every other write.</summary>
internal static class WriteToken
{
    /// <summary>Derived from the rotation, the secret, the version that is replaced and the number of the attempt; a UUID of version 8
    /// (RFC 9562, section 5.8).</summary>
    public static Guid Of(KeyRotation rotation, SecretLocation location, string? baseVersion, int attempt, string purpose)
    {
        string[] parts =
        [
            rotation.Uid.ToString(), location.Store, location.Name, location.Field ?? "", baseVersion ?? "",
            attempt.ToString(CultureInfo.InvariantCulture), purpose,
        ];
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> length = stackalloc byte[sizeof(int)];
        foreach (var part in parts)
        {
            var bytes = Encoding.UTF8.GetBytes(part);
            BinaryPrimitives.WriteInt32BigEndian(length, bytes.Length);
            hash.AppendData(length);
            hash.AppendData(bytes);
        }

        var uuid = hash.GetHashAndReset()[..16];
        uuid[6] = (byte)((uuid[6] & 0x0F) | 0x80);
        uuid[8] = (byte)((uuid[8] & 0x3F) | 0x80);
        return new Guid(uuid, bigEndian: true);
    }
}

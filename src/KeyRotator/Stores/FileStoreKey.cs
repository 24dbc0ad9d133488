using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using KeyRotator.Secrets;
using Microsoft.Win32.SafeHandles;

namespace KeyRotator.Stores;

/// <summary>How the keys of a store file come about.</summary>
internal enum FileStoreDerivation : byte
{
    /// <summary>PBKDF2-HMAC-SHA256 over a passphrase.</summary>
    Passphrase = 1,

    /// <summary>HKDF-SHA256 over the content of a key file.</summary>
    KeyFile = 2,
}

/// <summary>What opens a store file: a passphrase or a key file.</summary>
/// <remarks>A passphrase costs <see cref="Rounds"/> rounds of PBKDF2 (OWASP's figure for SHA-256, 2023), some 0.1 to 0.3 s, at the first
/// use in a
/// process: the price of making guesses dear. A key file is random already, so HKDF suffices and costs nothing; take it where start-up
/// time matters.
/// Faults are <see cref="InvalidDataException"/>s whose messages are ours.</remarks>
internal sealed class FileStoreKey
{
    /// <summary>Rounds for new files, and the fewest that are accepted: fewer in a header would be somebody's attempt to make guessing
    /// cheap.</summary>
    public const int Rounds = 600_000;

    private const int MostRounds = 10_000_000;
    private const int KeyLength = 32;
    private const int LongestKeyFile = 4096;

    private readonly SecretValue? _passphrase;
    private readonly string? _keyFile;
    private readonly Lock _deriving = new();
    private FileStoreCipher? _derived;
    private byte[] _derivedFrom = [];

    private FileStoreKey(SecretValue? passphrase, string? keyFile) => (_passphrase, _keyFile) = (passphrase, keyFile);

    /// <summary>Which of the two it is.</summary>
    public FileStoreDerivation Derivation => _passphrase is null ? FileStoreDerivation.KeyFile : FileStoreDerivation.Passphrase;

    /// <summary>Rounds that a new file's header names.</summary>
    public int RoundsForNewFile => _passphrase is null ? 0 : Rounds;

    public static FileStoreKey FromPassphrase(SecretValue passphrase) => new(passphrase, null);

    /// <summary>Takes the file's path; the file is read when the first secret is.</summary>
    public static FileStoreKey FromKeyFile(string path) => new(null, path);

    /// <summary>The keys of the file that has this salt; derived once and kept.</summary>
    /// <exception cref="InvalidDataException">The key file cannot serve, or the number of rounds is out of bounds.</exception>
    public FileStoreCipher Derive(ReadOnlySpan<byte> salt, int rounds)
    {
        lock (_deriving)
        {
            if (_derived is null || !_derivedFrom.AsSpan().SequenceEqual(salt))
            {
                var root = _passphrase is null ? ReadKeyFile(_keyFile!) : Stretch(_passphrase, salt, rounds);
                _derived = new FileStoreCipher(root, salt);
                _derivedFrom = salt.ToArray();
                CryptographicOperations.ZeroMemory(root);
            }

            return _derived;
        }
    }

    private static byte[] Stretch(SecretValue passphrase, ReadOnlySpan<byte> salt, int rounds)
    {
        if (passphrase.Length == 0)
        {
            throw new InvalidDataException("the passphrase is empty.");
        }

        return rounds is >= Rounds and <= MostRounds
            ? Rfc2898DeriveBytes.Pbkdf2(passphrase.Reveal().AsSpan(), salt, rounds, HashAlgorithmName.SHA256, KeyLength)
            : throw new InvalidDataException($"its header asks for {rounds} rounds of PBKDF2, outside of {Rounds} to {MostRounds}.");
    }

    private static byte[] ReadKeyFile(string path)
    {
        using var file = OpenKeyFile(path);
        var length = RandomAccess.GetLength(file);
        if (length is < KeyLength or > LongestKeyFile)
        {
            throw new InvalidDataException($"the key file {path} has {length} bytes; it needs {KeyLength} random ones, plain or base64.");
        }

        var content = new byte[length];
        RandomAccess.Read(file, content, 0);
        var decoded = new byte[content.Length];
        var isBase64 = Base64.DecodeFromUtf8(content, decoded, out _, out var written) == OperationStatus.Done && written >= KeyLength;
        return isBase64 ? decoded[..written] : content;
    }

    private static SafeFileHandle OpenKeyFile(string path)
    {
        if (!File.Exists(path))
        {
            throw new InvalidDataException(
                $"the key file {path} is not there; make one with: (umask 077; openssl rand -base64 32 > {path})");
        }

        var file = File.OpenHandle(path);
        // Reading by the group is let pass: Kubernetes mounts secrets as 0440 for a pod with an fsGroup.
        const UnixFileMode Others = UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;
        if (OperatingSystem.IsWindows() || (File.GetUnixFileMode(file) & Others) == 0)
        {
            return file;
        }

        file.Dispose();
        throw new InvalidDataException($"the key file {path} is open to other users; close it with: chmod 600 {path}");
    }
}

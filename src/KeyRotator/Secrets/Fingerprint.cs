using System.Buffers;

namespace KeyRotator.Secrets;

/// <summary>What names a value without showing any of it: HMAC-SHA256 of its UTF-8 bytes under the installation's salt.</summary>
/// <remarks>Only <see cref="Fingerprinter"/> makes one from a value. Two installations give different fingerprints for one value.</remarks>
public readonly record struct Fingerprint
{
    private const int Digits = 64;
    private static readonly SearchValues<char> s_digits = SearchValues.Create("0123456789abcdef");

    private Fingerprint(string hex) => Hex = hex;

    /// <summary>All 64 lower-case hexadecimal digits: what is stored and compared.</summary>
    public string Hex { get; }

    /// <summary>The first 12 digits: what is shown.</summary>
    public string Short => Hex[..12];

    /// <summary>Reads the 64 digits that <see cref="Hex"/> gave.</summary>
    /// <exception cref="FormatException">The text is not 64 hexadecimal digits.</exception>
    public static Fingerprint Parse(string hex)
    {
        ArgumentNullException.ThrowIfNull(hex);
        return hex.Length == Digits
            && !hex.AsSpan().ContainsAnyExcept(s_digits) ? new(hex) : throw new FormatException("A fingerprint has 64 hexadecimal digits.");
    }

    /// <inheritdoc />
    public override string ToString() => Hex is null ? "" : Short;

    internal static Fingerprint FromHash(ReadOnlySpan<byte> hash) => new(Convert.ToHexStringLower(hash));
}

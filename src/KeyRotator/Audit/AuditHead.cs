using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace KeyRotator.Audit;

/// <summary>Where the audit stands. Whoever keeps one elsewhere can prove later that nothing before it was changed or cut.</summary>
/// <param name="Sequence">Number of the last row, from 1.</param>
/// <param name="Hash">That row's hash, 64 lower-case hexadecimal digits: it stands for all rows up to there.</param>
public sealed record AuditHead(long Sequence, string Hash)
{
    private const int HashLength = 64;

    /// <summary>Reads <c>SEQUENCE:HASH</c>, as <see cref="ToString"/> writes it. Digits of the hash may be in capitals.</summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out AuditHead? head)
    {
        head = null;
        if (text?.Split(':') is not [var number, var hash] || hash.Length != HashLength || !hash.All(char.IsAsciiHexDigit)
            || !long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var sequence) || sequence < 1)
        {
            return false;
        }

        head = new(sequence, hash.ToLowerInvariant());
        return true;
    }

    /// <inheritdoc />
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Sequence}:{Hash}");
}

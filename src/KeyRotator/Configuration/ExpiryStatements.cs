using System.Globalization;
using KeyRotator.Keys;

namespace KeyRotator.Configuration;

/// <summary>Expiry as the file and the command line write it: <c>2027-01-31</c>, or <c>2027-01-31@3f2a9c01b7de</c> for the version of that fingerprint.</summary>
internal static class ExpiryStatements
{
    /// <summary>The shape. Years 2000 to 2199: anything else is a slip.</summary>
    public const string Pattern = "^2[01][0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])(@[0-9a-f]{12,64})?$";

    /// <summary>Reads one; false where it has another shape or the day does not exist.</summary>
    public static bool TryParse(string? text, out ExpiryStatement? statement)
    {
        statement = null;
        var parts = text?.Split('@', 2) ?? [];
        if (parts is not [var day, ..] || !DateOnly.TryParseExact(day, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var on) || on.Year is < 2000 or > 2199)
        {
            return false;
        }

        statement = new(on, parts is [_, var prefix] ? prefix : null);
        return statement.FingerprintPrefix is null or { Length: >= 12 and <= 64 } && (statement.FingerprintPrefix ?? "").All(char.IsAsciiHexDigitLower);
    }

    /// <summary>Writes one.</summary>
    public static string Format(ExpiryStatement statement)
    {
        var day = statement.On.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        return statement.FingerprintPrefix is null ? day : $"{day}@{statement.FingerprintPrefix}";
    }
}

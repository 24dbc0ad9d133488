using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.RegularExpressions;
using KeyRotator.Keys;

namespace KeyRotator.Configuration;

/// <summary>Expiry as the file and the command line write it: <c>2027-01-31</c>, or <c>2027-01-31@3f2a9c01b7de</c> for the version of that
/// fingerprint.</summary>
internal static partial class ExpiryStatements
{
    /// <summary>The shape. Years 2000 to 2199: anything else is a slip.</summary>
    public const string Pattern = Start + "$";

    private const string Start = "^2[01][0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])(@[0-9a-f]{12,64})?";

    private const string Day = "yyyy-MM-dd";

    /// <summary>Reads one; false where it has another shape or the day does not exist.</summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out ExpiryStatement? statement)
    {
        statement = null;
        if (text is null || !Shape().IsMatch(text)
            || !DateOnly.TryParseExact(text[..Day.Length], Day, CultureInfo.InvariantCulture, DateTimeStyles.None, out var on))
        {
            return false;
        }

        statement = new(on, text.Length > Day.Length ? text[(Day.Length + 1)..] : null);
        return true;
    }

    /// <summary>Writes one.</summary>
    public static string Format(ExpiryStatement statement)
    {
        var day = statement.On.ToString(Day, CultureInfo.InvariantCulture);
        return statement.FingerprintPrefix is null ? day : $"{day}@{statement.FingerprintPrefix}";
    }

    [GeneratedRegex(Start + @"\z", RegexOptions.CultureInvariant)]
    private static partial Regex Shape();
}

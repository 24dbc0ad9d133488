using System.Globalization;
using System.Text;

namespace KeyRotator.Discovery;

/// <summary>Text of tags and names, which anybody may have written.</summary>
internal static class TagText
{
    private const int Longest = 256;
    private const int LongestName = 1000;
    private const int Shown = 80;

    /// <summary>Whether text may be an environment, an owner or a field.</summary>
    public static bool IsFit(string text) => text.Length <= Longest && IsLine(text);

    /// <summary>Whether text may be a secret's name.</summary>
    public static bool IsName(string text) => text.Length is > 0 and <= LongestName && IsLine(text);

    /// <summary>The text as a message may show it: in one line, not long, without what turns the reading direction around.</summary>
    public static string Show(string text)
    {
        var shown = new StringBuilder();
        foreach (var rune in text.EnumerateRunes().Take(Shown + 1))
        {
            shown.Append(shown.Length >= Shown ? "…" : IsPlain(rune) ? rune.ToString() : "?");
        }

        return shown.ToString();
    }

    private static bool IsLine(string text)
    {
        foreach (var rune in text.EnumerateRunes())
        {
            if (!IsPlain(rune))
            {
                return false;
            }
        }

        return true;
    }

    // Half a surrogate pair comes as the replacement character.
    private static bool IsPlain(Rune rune) => rune != Rune.ReplacementChar && Rune.GetUnicodeCategory(rune) is not (
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
        or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned or UnicodeCategory.Surrogate);
}

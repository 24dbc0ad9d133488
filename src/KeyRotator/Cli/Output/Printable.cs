using System.Globalization;
using System.Text;

namespace KeyRotator.Cli.Output;

/// <summary>Makes text from configuration, stores and databases safe for a terminal.</summary>
internal static class Printable
{
    /// <summary>The text on one line, control, format and separator characters as in <c>\u001b</c>; <c>-</c> for null and empty.</summary>
    public static string Of(string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            return "-";
        }

        return IsPlain(text) ? text : Escape(text);
    }

    /// <summary>Columns that the text takes in a terminal.</summary>
    public static int Width(string text) => IsAscii(text) ? text.Length : text.EnumerateRunes().Sum(Width);

    /// <summary>The text in at most so many columns, the middle left out: ids differ at both ends.</summary>
    public static string CutMiddle(string text, int width)
    {
        if (Width(text) <= width)
        {
            return text;
        }

        var head = Take(text.EnumerateRunes(), width / 2);
        var tail = Take(text.EnumerateRunes().Reverse(), width - 1 - (width / 2));
        return $"{string.Concat(head)}…{string.Concat(Enumerable.Reverse(tail))}";
    }

    /// <summary>The text in at most so many columns, the end left out.</summary>
    public static string CutEnd(string text, int width) =>
        Width(text) <= width ? text : string.Concat(Take(text.EnumerateRunes(), width - 1)) + "…";

    private static bool IsAscii(string text) => Ascii.IsValid(text);

    private static bool IsPlain(string text) => !text.AsSpan().ContainsAnyExceptInRange(' ', '~');

    private static string Escape(string text)
    {
        var escaped = new StringBuilder(text.Length + 16);
        foreach (var rune in text.EnumerateRunes())
        {
            _ = IsSafe(rune) ? escaped.Append(rune) : escaped.Append(CultureInfo.InvariantCulture, $"\\u{rune.Value:x4}");
        }

        return escaped.ToString();
    }

    // Format characters turn the reading direction around: a name could pose as another.
    private static bool IsSafe(Rune rune) => Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Control or UnicodeCategory.Format
        or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
        or UnicodeCategory.OtherNotAssigned or UnicodeCategory.PrivateUse);

    private static int Width(Rune rune) => Rune.GetUnicodeCategory(rune) switch
    {
        UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark => 0,
        _ => IsWide(rune.Value) ? 2 : 1,
    };

    private static bool IsWide(int value) => value is (>= 0x1100 and <= 0x115F) or (>= 0x2E80 and <= 0xA4CF)
        or (>= 0xAC00 and <= 0xD7A3) or (>= 0xF900 and <= 0xFAFF) or (>= 0xFE30 and <= 0xFE6F)
        or (>= 0xFF00 and <= 0xFF60) or (>= 0xFFE0 and <= 0xFFE6) or (>= 0x1F300 and <= 0x3FFFD);

    private static List<Rune> Take(IEnumerable<Rune> runes, int width)
    {
        var taken = new List<Rune>();
        foreach (var rune in runes)
        {
            width -= Width(rune);
            if (width < 0)
            {
                break;
            }

            taken.Add(rune);
        }

        return taken;
    }
}

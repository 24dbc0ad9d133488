using System.Globalization;
using System.Text;

namespace KeyRotator.Configuration.Shapes;

/// <summary>Shows text of the file in a message: short, on one line, without control characters.</summary>
internal static class Quote
{
    private const int Most = 60;

    public static string Text(string text) => $"`{Plain(text)}`";

    public static string Plain(string text)
    {
        var shown = new StringBuilder();
        foreach (var rune in text.EnumerateRunes().Take(Most))
        {
            shown.Append(Rune.IsControl(rune) || Rune.GetUnicodeCategory(rune) is UnicodeCategory.Format ? "?" : rune.ToString());
        }

        return shown.Append(text.Length > Most ? "…" : "").ToString();
    }
}

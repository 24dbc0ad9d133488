using System.Text;

namespace KeyRotator.Cli.Output;

/// <summary>Breaks text into lines at its spaces.</summary>
internal static class TextWrap
{
    /// <summary>The text, further lines indented.</summary>
    /// <param name="text">Safe text that starts behind the indent.</param>
    /// <param name="width">Columns of a line with its indent, or null for one line of any length.</param>
    /// <param name="indent">Columns.</param>
    public static string Wrap(string text, int? width, int indent)
    {
        if (width is not { } right)
        {
            return text;
        }

        var wrapped = new StringBuilder();
        var column = indent;
        foreach (var word in text.Split(' '))
        {
            var length = Printable.Width(word);
            var isFirst = wrapped.Length == 0;
            if (!isFirst && column + 1 + length > right)
            {
                wrapped.Append('\n').Append(' ', indent);
                column = indent;
            }
            else if (!isFirst)
            {
                wrapped.Append(' ');
                column++;
            }

            wrapped.Append(word);
            column += length;
        }

        return wrapped.ToString();
    }
}

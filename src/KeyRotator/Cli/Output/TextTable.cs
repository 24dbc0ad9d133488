using System.Text;

namespace KeyRotator.Cli.Output;

/// <summary>How a column gives way where the terminal is too narrow.</summary>
internal enum Cut
{
    /// <summary>Not at all.</summary>
    Never = 0,

    /// <summary>Its cells lose their middle.</summary>
    Middle,

    /// <summary>Its cells lose their end.</summary>
    End,
}

/// <summary>A column of a <see cref="TextTable"/>.</summary>
/// <param name="Header">In capitals.</param>
/// <param name="Cut">How it gives way.</param>
/// <param name="LeastWidth">Down to how many columns it does.</param>
internal sealed record TextColumn(string Header, Cut Cut = Cut.Never, int LeastWidth = 0);

/// <summary>A cell: safe text, and its colour.</summary>
internal readonly record struct TextCell(string Text, Colour Colour = Colour.None)
{
    /// <summary>A cell without colour; the text is made safe.</summary>
    public static implicit operator TextCell(string? text) => new(Printable.Of(text));
}

/// <summary>Aligned columns, two spaces between them, no tabs, nothing behind the last.</summary>
internal sealed class TextTable(params IReadOnlyList<TextColumn> columns)
{
    private const int Gap = 2;
    private readonly List<TextCell[]> _rows = [];

    /// <summary>Adds a row, one cell a column.</summary>
    public void Add(params TextCell[] cells) => _rows.Add(cells);

    /// <summary>Writes header and rows.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="width">Columns to keep within as far as the table can, or null for as many as it takes.</param>
    /// <param name="paint">Colours.</param>
    public void Write(TextWriter output, int? width, Paint paint)
    {
        var widths = NaturalWidths();
        Shrink(widths, width);
        WriteRow(output, [.. columns.Select(column => new TextCell(column.Header))], widths, paint);
        foreach (var row in _rows)
        {
            WriteRow(output, row, widths, paint);
        }
    }

    private int[] NaturalWidths()
    {
        var widths = columns.Select(column => column.Header.Length).ToArray();
        foreach (var row in _rows)
        {
            for (var i = 0; i < widths.Length; i++)
            {
                widths[i] = Math.Max(widths[i], Printable.Width(row[i].Text));
            }
        }

        return widths;
    }

    private void Shrink(int[] widths, int? width)
    {
        var excess = widths.Sum() + (Gap * (widths.Length - 1)) - (width ?? int.MaxValue);
        for (; excess > 0; excess--)
        {
            var widest = Enumerable.Range(0, widths.Length).MaxBy(i => columns[i].Cut is Cut.Never ? 0 : widths[i] - columns[i].LeastWidth);
            if (columns[widest].Cut is Cut.Never || widths[widest] <= columns[widest].LeastWidth)
            {
                return;
            }

            widths[widest]--;
        }
    }

    private void WriteRow(TextWriter output, TextCell[] row, int[] widths, Paint paint)
    {
        var line = new StringBuilder();
        for (var i = 0; i < row.Length; i++)
        {
            var text = Fit(row[i].Text, columns[i].Cut, widths[i]);
            line.Append(paint.Apply(text, row[i].Colour));
            line.Append(' ', i == row.Length - 1 ? 0 : Math.Max(0, widths[i] - Printable.Width(text)) + Gap);
        }

        output.WriteLine(line.ToString().TrimEnd(' '));
    }

    private static string Fit(string text, Cut cut, int width) => cut switch
    {
        Cut.Middle => Printable.CutMiddle(text, width),
        Cut.End => Printable.CutEnd(text, width),
        _ => text,
    };
}

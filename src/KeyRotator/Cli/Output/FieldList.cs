namespace KeyRotator.Cli.Output;

/// <summary>Prints names and values, one a line; long values are wrapped on a terminal. What is not known is left out.</summary>
internal sealed class FieldList(CliContext context, int nameWidth)
{
    /// <summary>A field with a value, or nothing where that is null or empty.</summary>
    public void Write(string name, string? value)
    {
        if (string.IsNullOrEmpty(value) || value == "-")
        {
            return;
        }

        context.Out.Write(name.PadRight(nameWidth));
        context.Out.WriteLine(TextWrap.Wrap(Printable.Of(value), context.LineWidth, nameWidth));
    }

    /// <summary>A field with several values, each on a line of its own.</summary>
    public void Write(string name, IReadOnlyList<string> values)
    {
        for (var i = 0; i < values.Count; i++)
        {
            Write(i == 0 ? name : "", values[i]);
        }
    }
}

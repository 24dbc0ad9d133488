namespace KeyRotator.Cli.Output;

/// <summary>Prints what was tried, one a line, each with how it went.</summary>
internal sealed class StepList(CliContext context)
{
    private const int Indent = 8;

    /// <summary>One step.</summary>
    public void Write(bool passed, params ReadOnlySpan<string> parts)
    {
        var text = new List<string>();
        foreach (var part in parts)
        {
            text.Add(Printable.Of(part));
        }

        context.Out.Write(context.Paint.Apply(passed ? "ok" : "FAILED", passed ? Colour.Green : Colour.Red));
        context.Out.Write(passed ? "      " : "  ");
        context.Out.WriteLine(TextWrap.Wrap(string.Join(": ", text), context.LineWidth, Indent));
    }
}

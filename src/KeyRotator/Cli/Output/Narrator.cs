using KeyRotator.Demo;
using KeyRotator.Keys;

namespace KeyRotator.Cli.Output;

/// <summary>Tells a story on standard output, in lines that fit, and leaves time to read it.</summary>
/// <param name="context">Where to, how wide, and the clock of the pauses.</param>
/// <param name="wordTime">Time to read a word; none for no pauses.</param>
internal sealed class Narrator(CliContext context, TimeSpan wordTime) : INarrator
{
    private const int TextIndent = 3;
    private const int LineIndent = 5;
    private const int MessageIndent = 12;
    private const int StepIndent = 18;
    private readonly Lock _lock = new();

    /// <inheritdoc />
    public void Act(string title) => Write($"\n{title}");

    /// <inheritdoc />
    public void Line(string text) => Write(new string(' ', LineIndent) + text);

    /// <inheritdoc />
    public void Step(RotationEvent step) =>
        Line($"{step.At:MM-dd HH:mm}  {TextWrap.Wrap(Printable.Of(step.What), context.Width, StepIndent)}");

    /// <inheritdoc />
    public Task SayAsync(string text, CancellationToken cancellationToken)
    {
        Write(new string(' ', TextIndent) + TextWrap.Wrap(text, context.Width, TextIndent));
        return PauseAsync(text, cancellationToken);
    }

    /// <inheritdoc />
    public Task AlertAsync(DemoAlert alert, CancellationToken cancellationToken)
    {
        if (alert.Kind is "Resolved")
        {
            Line($"{context.Paint.Apply("RESOLVED", Colour.Green)}  {alert.Reason}, {alert.Subject}");
            return PauseAsync(alert.Reason, cancellationToken);
        }

        Line($"{context.Paint.Apply("ALERT", Colour.Red)}  {alert.Severity.ToLowerInvariant()} {alert.Reason}, {alert.Subject}");
        Write(new string(' ', MessageIndent) + TextWrap.Wrap(Printable.Of(alert.Message), context.Width, MessageIndent));
        return PauseAsync(alert.Message, cancellationToken);
    }

    private void Write(string text)
    {
        lock (_lock)
        {
            context.Out.WriteLine(text);
            context.Out.Flush();
        }
    }

    private Task PauseAsync(string text, CancellationToken cancellationToken)
    {
        var pause = wordTime * (text.AsSpan().Count(' ') + 1);
        return pause > TimeSpan.Zero ? Task.Delay(pause, context.Time, cancellationToken) : Task.CompletedTask;
    }
}

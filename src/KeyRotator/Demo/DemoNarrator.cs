using KeyRotator.Cli.Output;

namespace KeyRotator.Demo;

/// <summary>Tells the story in lines of at most so many columns, and leaves time to read them.</summary>
/// <param name="output">Where to.</param>
/// <param name="width">Columns.</param>
/// <param name="paint">Colours.</param>
/// <param name="wordTime">Time to read a word; none for no pauses.</param>
/// <param name="time">The clock of the pauses.</param>
internal sealed class DemoNarrator(TextWriter output, int width, Paint paint, TimeSpan wordTime, TimeProvider time)
{
    private const int TextIndent = 3;
    private const int LineIndent = 5;
    private readonly Lock _lock = new();

    /// <summary>Begins an act.</summary>
    public void Act(string title) => Write($"\n{title}", TimeSpan.Zero);

    /// <summary>A paragraph, and time to read it.</summary>
    public Task SayAsync(string text, CancellationToken cancellationToken) =>
        PauseAsync(Write(new string(' ', TextIndent) + TextWrap.Wrap(text, width, TextIndent), wordTime * Words(text)), cancellationToken);

    /// <summary>A line of what was seen. Safe from any thread.</summary>
    public void Line(string text) => Write(new string(' ', LineIndent) + text, TimeSpan.Zero);

    /// <summary>A message as it arrived, and time to read it.</summary>
    public Task AlertAsync(DemoAlert alert, CancellationToken cancellationToken)
    {
        var isGood = alert.Kind is "Resolved";
        var label = paint.Apply(isGood ? "RESOLVED" : "ALERT", isGood ? Colour.Green : Colour.Red);
        var text = isGood
            ? $"     {label}  {alert.Reason}, {alert.Subject}"
            : $"     {label}  {alert.Severity.ToLowerInvariant()} {alert.Reason}, {alert.Subject}\n            {TextWrap.Wrap(alert.Message, width, 12)}";
        return PauseAsync(Write(text, wordTime * Words(text)), cancellationToken);
    }

    private TimeSpan Write(string text, TimeSpan pause)
    {
        lock (_lock)
        {
            output.WriteLine(text);
            output.Flush();
        }

        return pause;
    }

    private Task PauseAsync(TimeSpan pause, CancellationToken cancellationToken) =>
        pause > TimeSpan.Zero ? Task.Delay(pause, time, cancellationToken) : Task.CompletedTask;

    private static int Words(string text) => text.AsSpan().Count(' ') + 1;
}

using KeyRotator.Validation;

namespace KeyRotator.Cli.Output;

/// <summary>A line on standard error: how far a check is. Only on a terminal, at most ten times a second, gone at the end.</summary>
internal sealed class ProgressLine(CliContext context) : IProgress<CheckProgress>, IDisposable
{
    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan s_settled = TimeSpan.FromSeconds(2);
    private readonly Lock _lock = new();
    private readonly bool _isShown = context.IsErrorTerminal && context.IsSmartTerminal;
    private readonly long _startedAt = context.Time.GetTimestamp();
    private long? _shownAt;
    private int _greatest;

    /// <inheritdoc />
    public void Report(CheckProgress value)
    {
        if (!_isShown)
        {
            return;
        }

        lock (_lock)
        {
            // Reports come from many threads: one that was overtaken is out of date.
            if (value.Checked < _greatest || (_shownAt is { } shownAt && context.Time.GetElapsedTime(shownAt) < s_interval))
            {
                return;
            }

            _greatest = value.Checked;
            _shownAt = context.Time.GetTimestamp();
            Show($"checked {value.Checked}/{value.Total}, {value.Rejected} rejected{Eta(value)}");
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        lock (_lock)
        {
            if (_shownAt is not null)
            {
                Show("");
                _shownAt = null;
            }
        }
    }

    // The first moments tell nothing of the rest.
    private string Eta(CheckProgress value)
    {
        var elapsed = context.Time.GetElapsedTime(_startedAt);
        if (value.Checked == 0 || elapsed < s_settled)
        {
            return "";
        }

        var left = elapsed / value.Checked * (value.Total - value.Checked);
        return $", {TimeText.Span(left)} left";
    }

    private void Show(string text)
    {
        context.Error.Write($"\r{text}\u001b[K");
        context.Error.Flush();
    }
}

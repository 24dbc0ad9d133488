namespace KeyRotator.Validation;

/// <summary>Adds up what the instances of a pass report.</summary>
internal sealed class ProgressMeter(int total, IProgress<CheckProgress> progress) : IProgress<PassStep>
{
    private int _done;
    private int _rejected;

    /// <summary>Keys that are settled.</summary>
    public int Done => Volatile.Read(ref _done);

    /// <summary>Of them, rejected.</summary>
    public int Rejected => Volatile.Read(ref _rejected);

    /// <inheritdoc />
    public void Report(PassStep value)
    {
        var rejected = Interlocked.Add(ref _rejected, value.Rejected);
        progress.Report(new CheckProgress(Interlocked.Add(ref _done, value.Done), total, rejected));
    }
}

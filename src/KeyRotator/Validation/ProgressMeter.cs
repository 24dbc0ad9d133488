namespace KeyRotator.Validation;

/// <summary>Adds up what the instances of a pass report.</summary>
internal sealed class ProgressMeter(int total, IProgress<CheckProgress> progress) : IProgress<PassStep>
{
    private int _done;
    private int _rejected;
    private int _rested;
    private int _putOff;

    /// <summary>Keys that are settled.</summary>
    public int Done => Volatile.Read(ref _done);

    /// <summary>Of them, rejected.</summary>
    public int Rejected => Volatile.Read(ref _rejected);

    /// <summary>Of them, not probed because they were probed a moment ago.</summary>
    public int Rested => Volatile.Read(ref _rested);

    /// <summary>Of them, not probed because their provider could not be asked.</summary>
    public int PutOff => Volatile.Read(ref _putOff);

    /// <inheritdoc />
    public void Report(PassStep value)
    {
        Interlocked.Add(ref _rested, value.Rested);
        Interlocked.Add(ref _putOff, value.PutOff);
        var rejected = Interlocked.Add(ref _rejected, value.Rejected);
        progress.Report(new CheckProgress(Interlocked.Add(ref _done, value.Done), total, rejected));
    }
}

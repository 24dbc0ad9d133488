namespace KeyRotator.Validation;

/// <summary>This process's part of what a provider instance may be asked: several processes that share a database ask no more together than
/// one may alone. Safe for use from many threads.</summary>
internal sealed class PacingShare
{
    private volatile int _replicas = 1;

    /// <summary>How many processes there are; less than one counts as one, which is oneself.</summary>
    public int Replicas
    {
        get => _replicas;
        set => _replicas = Math.Max(1, value);
    }

    /// <summary>Probes at a time, at least 1: a process that may ask nothing would hold up its keys.</summary>
    public int SlotsOf(int concurrency) => Math.Max(1, concurrency / _replicas);

    /// <summary>Time between starts.</summary>
    public TimeSpan IntervalOf(TimeSpan interval) => interval * _replicas;
}

using System.Collections.ObjectModel;
using KeyRotator.Findings;

namespace KeyRotator.Keys;

/// <summary>How one key is looked after: the file's defaults with the key's own settings over them. One instance is shared by all keys that
/// set nothing.</summary>
public sealed record KeyPolicy
{
    /// <summary>The built-in defaults.</summary>
    public static KeyPolicy Default { get; } = new();

    /// <summary>Time between probes of the key. At least 30 seconds; default 15 minutes. The provider's own least time wins where it is
    /// longer.</summary>
    public TimeSpan CheckEvery { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>Least time between a rejection and the probe that confirms it. Default 5 seconds.</summary>
    public TimeSpan ConfirmAfter { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>A key that was neither proven good nor bad for longer is <see cref="FindingReason.KeyUnverified"/>. Default 24 hours; never
    /// less than four cadences.</summary>
    public TimeSpan UnverifiedAfter { get; init; } = TimeSpan.FromHours(24);

    /// <summary>Longest age of a key version. Default 90 days.</summary>
    public TimeSpan RotateEvery { get; init; } = TimeSpan.FromDays(90);

    /// <summary>Lead time before the expiry at which a rotation is due. Less than <see cref="RotateEvery"/>; default 14 days.</summary>
    public TimeSpan RotateBefore { get; init; } = TimeSpan.FromDays(14);

    /// <summary>The warning ladder: times before the expiry, strictly descending. Default 30, 14, 7, 3, 1 and 0 days.</summary>
    public IReadOnlyList<TimeSpan> WarnBefore { get; init; } = [Days(30), Days(14), Days(7), Days(3), Days(1), Days(0)];

    /// <summary>Time that consumers get to pick up a new version. Less than <see cref="RetireWithin"/>; default 24 hours.</summary>
    public TimeSpan Grace { get; init; } = TimeSpan.FromHours(24);

    /// <summary>Time after the grace within which the old key must be dead. Default 7 days.</summary>
    public TimeSpan RetireWithin { get; init; } = TimeSpan.FromDays(7);

    /// <summary>Whether the old version is removed from its store once the old key is proven dead. Default false.</summary>
    public bool Purge { get; init; }

    /// <summary>How many other people must approve a replacement. 0 or 1; default 0.</summary>
    public int Approvals { get; init; }

    /// <summary>Whether a change made by others opens a watch-only rotation. Default true.</summary>
    public bool WatchForeign { get; init; } = true;

    /// <summary>Time between reminders of an open critical finding. Default 4 hours.</summary>
    public TimeSpan RepeatCriticalEvery { get; init; } = TimeSpan.FromHours(4);

    /// <summary>Time between reminders of an open warning. Default 24 hours.</summary>
    public TimeSpan RepeatWarningEvery { get; init; } = TimeSpan.FromHours(24);

    /// <summary>Severities that replace the table's, by reason.</summary>
    public IReadOnlyDictionary<FindingReason, Severity> SeverityOverrides { get; init; } =
        ReadOnlyDictionary<FindingReason, Severity>.Empty;

    private static TimeSpan Days(int days) => TimeSpan.FromDays(days);
}

using System.Data.Common;

namespace KeyRotator.Hosting;

/// <summary>Where processes keep the schedule that they share, and how soon they notice that one of them is gone.</summary>
/// <param name="Name">What the database is called to people: no password.</param>
/// <param name="Open">Gives access to it.</param>
internal sealed record ClusterStore(string Name, Func<DbDataSource> Open)
{
    /// <summary>What Quartz's tables are called before their own name.</summary>
    public const string TablePrefix = "kr_qrtz_";

    /// <summary>How often each process says that it is alive.</summary>
    public static TimeSpan CheckIn { get; } = TimeSpan.FromSeconds(3);

    /// <summary>How much later than that it may be. One that starves for longer is taken for dead, and its jobs run twice: harmless, and
    /// rare.</summary>
    public static TimeSpan CheckInThreshold { get; } = TimeSpan.FromSeconds(7);

    /// <summary>Within that its work is taken over: until it counts as gone, until the next one looks, and until a trigger fires.</summary>
    public static TimeSpan TakeOver { get; } = CheckIn + CheckInThreshold + TimeSpan.FromSeconds(5);

    /// <summary>How late a trigger may fire before it counts as missed. Either way it fires once; shorter than the time between most
    /// firings, so that none is made up for twice.</summary>
    public static TimeSpan Misfire { get; } = TimeSpan.FromSeconds(10);

    /// <summary>How soon Quartz asks a database again that failed.</summary>
    public static TimeSpan Retry { get; } = TimeSpan.FromSeconds(3);
}

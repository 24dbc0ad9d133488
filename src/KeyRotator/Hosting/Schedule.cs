using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Quartz;

namespace KeyRotator.Hosting;

/// <summary>One row of the schedule.</summary>
/// <param name="Key">The job.</param>
/// <param name="Type">What does it.</param>
/// <param name="Cron">When it fires, in Quartz's six fields, UTC.</param>
/// <param name="Period">Time between firings, as readiness takes it: red after two without success.</param>
internal sealed record ScheduledJob(JobKey Key, Type Type, string Cron, TimeSpan Period)
{
    /// <summary>Whether it also fires once when a process starts: the file may have changed since the last run.</summary>
    public bool AtStart { get; init; }

    /// <summary>Whether every process does it for itself.</summary>
    public bool IsLocal { get; init; }

    /// <summary>Whether it is one of several that may fill a process; null where it is not.</summary>
    public string? Group { get; init; }

    /// <summary>Whether it fires again within seconds.</summary>
    public bool IsFrequent => Period <= TimeSpan.FromMinutes(2);

    /// <summary>Whether a run that was cut off by a crash is made up for at once. Where the next firing is seconds away it is not: that is
    /// the same.</summary>
    public bool Recovers => !IsFrequent;
}

/// <summary>Every job, in one table. Nothing else knows when things happen.</summary>
/// <remarks>Cron triggers with fire-and-proceed: after a pause a job runs once and goes on, it does not catch up in a burst. First runs
/// come with the schedule, seconds after the start. No job overlaps itself; none carries data.</remarks>
internal sealed class Schedule
{
    /// <summary>The execution group of the shards.</summary>
    public const string ShardGroup = "validate";

    /// <summary>Shards that one process works on at a time. More would gain nothing, since they share what an instance may be asked; the
    /// others are left to other processes, and alerts and rotations always find a thread.</summary>
    public const int ShardsAtOnce = 4;

    private static readonly ScheduledJob[] s_work =
    [
        new(DiscoveryJob.Key, typeof(DiscoveryJob), "10/30 * * * * ?", TimeSpan.FromMinutes(30)), // very many secrets take long
        new(RotationJob.Key, typeof(RotationJob), "3/10 * * * * ?", TimeSpan.FromMinutes(1)),
        new(DispatchJob.Key, typeof(DispatchJob), "5/10 * * * * ?", TimeSpan.FromMinutes(1)),
        new(HeartbeatJob.Key, typeof(HeartbeatJob), "8/10 * * * * ?", TimeSpan.FromMinutes(1)),
        new(ExpiryJob.Key, typeof(ExpiryJob), "30 7 * * * ?", TimeSpan.FromHours(1)) { AtStart = true },
        new(AuditJob.Key, typeof(AuditJob), "0 41 * * * ?", TimeSpan.FromHours(1)) { AtStart = true },
        new(PruneJob.Key, typeof(PruneJob), "0 23 3 * * ?", TimeSpan.FromDays(1)) { AtStart = true }, // one that restarts every night too
        new(ReloadJob.Key, typeof(ReloadJob), "0/5 * * * * ?", TimeSpan.FromMinutes(1)) { IsLocal = true },
    ];

    private Schedule(IReadOnlyList<Shard> shards, TimeSpan budget, TimeSpan period, params ScheduledJob[] more)
    {
        Shards = shards;
        CheckBudget = budget;
        Jobs = [.. shards.Select((shard, index) => Validate(shard, index, period)), .. s_work, .. more];
    }

    /// <summary>That of a process which has its database to itself.</summary>
    public static Schedule Alone { get; } = new(Shard.One, TimeSpan.FromSeconds(45), TimeSpan.FromMinutes(1));

    /// <summary>That of processes which share one database.</summary>
    public static Schedule Shared { get; } = new(
        Shard.Many,
        TimeSpan.FromSeconds(20), // one process alone comes round to each within two minutes, also where nobody answers
        TimeSpan.FromMinutes(2),
        new ScheduledJob(ReplicasJob.Key, typeof(ReplicasJob), "2/5 * * * * ?", TimeSpan.FromMinutes(1)) { IsLocal = true });

    /// <summary>The table.</summary>
    public IReadOnlyList<ScheduledJob> Jobs { get; }

    /// <summary>The parts of the keys, one for each job that checks.</summary>
    public IReadOnlyList<Shard> Shards { get; }

    /// <summary>How long one run of a shard starts further probes: a paced or hanging instance must not keep other keys waiting. What is
    /// left is due at the next firing.</summary>
    public TimeSpan CheckBudget { get; }

    /// <summary>Names the schedulers that share their work. Who has another table, or another Quartz, is of another name: in a rolling
    /// update old and new work beside each other, neither meets a job that it does not know, and a changed cron is in force at
    /// once.</summary>
    public string Name => field ??= NameOf(Jobs);

    /// <summary>The part that a job looks after.</summary>
    public Shard ShardOf(string job) => Shards.First(shard => shard.Job == job);

    /// <summary>Time between a job's firings, as readiness takes it.</summary>
    public TimeSpan PeriodOf(string job) => Jobs.First(scheduled => scheduled.Key.Name == job).Period;

    /// <summary>The name that goes with a table.</summary>
    internal static string NameOf(IEnumerable<ScheduledJob> jobs)
    {
        var quartz = typeof(IScheduler).Assembly.GetName().Version?.ToString(3);
        var rows = jobs.Select(job => $"{job.Key.Name} {job.Type.FullName} {job.Cron} {job.Recovers} {job.Group}");
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{quartz}\n{string.Join('\n', rows)}"));
        return $"keyrotator-{Convert.ToHexStringLower(hash.AsSpan(0, 4))}";
    }

    // Spread over the period: what fires together falls to one process.
    private static ScheduledJob Validate(Shard shard, int index, TimeSpan period) => new(
        new JobKey(shard.Job),
        typeof(ValidationJob),
        string.Create(CultureInfo.InvariantCulture, $"{index % 15}/15 * * * * ?"),
        period)
    {
        Group = ShardGroup,
    };
}

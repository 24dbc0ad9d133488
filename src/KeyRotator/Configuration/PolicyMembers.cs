using System.Collections.ObjectModel;
using KeyRotator.Configuration.Shapes;
using KeyRotator.Findings;
using KeyRotator.Keys;

namespace KeyRotator.Configuration;

/// <summary>The members that <c>defaults</c> and every key take.</summary>
internal static class PolicyMembers
{
    /// <summary>A severity, as the file spells it.</summary>
    public static ScalarShape<Severity> Severity { get; } =
        Values.OneOf(["info", "warning", "critical"], static word => Enum.Parse<Severity>(word, ignoreCase: true));

    /// <summary>Reasons as the file spells them.</summary>
    public static IReadOnlyCollection<string> Reasons { get; } =
        [.. Enum.GetNames<FindingReason>().Where(name => name != nameof(FindingReason.None))];

    private static readonly TimeSpan s_second = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_minute = TimeSpan.FromMinutes(1);

    private static readonly ListShape<TimeSpan> s_ladder = new(Values.Days) { Least = 1 };

    private static readonly MapShape<Severity> s_severities =
        new(new NameRule("a finding's reason", Reasons), Severity);

    private static readonly ObjectShape<RepeatDraft> s_repeat = new ObjectShape<RepeatDraft>("repeatEvery", static _ => new())
        .Optional("critical", "Default 4h.", Values.Duration(s_minute), static (repeat, span) => repeat.Critical = span)
        .Optional("warning", "Default 24h.", Values.Duration(s_minute), static (repeat, span) => repeat.Warning = span);

    /// <summary>Adds them to an object's members.</summary>
    public static ObjectShape<T> WithPolicy<T>(this ObjectShape<T> shape, Func<T, PolicyDraft> policyOf) where T : class =>
        new Table<T>(shape, policyOf)
            .Add("checkEvery", Values.Duration(30 * s_second), static (policy, span) => policy with { CheckEvery = span },
                "Time between probes of a key; at least 30s, and the provider's own least time wins where it is longer. Default 15m.")
            .Add("confirmAfter", Values.Duration(s_second, 10 * s_minute), static (policy, span) => policy with { ConfirmAfter = span },
                "Least time between a rejection and the probe that confirms it, at most 10m. Default 5s.")
            .Add("unverifiedAfter", Values.Duration(s_minute), static (policy, span) => policy with { UnverifiedAfter = span },
                "A key that could be proven neither good nor bad for longer is a finding. Default 24h.")
            .Add("rotateEvery", Values.Duration(s_minute), static (policy, span) => policy with { RotateEvery = span },
                "Greatest age of a key version. Default 90d.")
            .Add("rotateBefore", Values.Duration(s_minute), static (policy, span) => policy with { RotateBefore = span },
                "Time before the expiry at which a rotation is due; less than rotateEvery. Default 14d.")
            .Add("warnBefore", s_ladder, static (policy, rungs) => policy with { WarnBefore = rungs },
                "The warning ladder: whole days before the expiry, descending. Default [30d, 14d, 7d, 3d, 1d, 0d].")
            .Add("grace", Values.Duration(TimeSpan.Zero), static (policy, span) => policy with { Grace = span },
                "Time that consumers get to pick up a new version; less than retireWithin. Default 24h.")
            .Add("retireWithin", Values.Duration(s_minute), static (policy, span) => policy with { RetireWithin = span },
                "Time after the grace within which the old key must be dead. Default 7d.")
            .Add("purge", Values.Flag, static (policy, flag) => policy with { Purge = flag },
                "Whether the old version is removed from its store once the old key is proven dead. Default false.")
            .Add("approvals", Values.Count(0, 1), static (policy, count) => policy with { Approvals = count },
                "How many other people must approve a replacement, 0 or 1. Default 0.")
            .Add("watchForeign", Values.Flag, static (policy, flag) => policy with { WatchForeign = flag },
                "Whether a change that others made opens a watch-only rotation. Default true.")
            .Add("repeatEvery", s_repeat, static (policy, repeat) => repeat.Over(policy),
                "Time between reminders of an open finding, by severity.")
            .Add("severity", s_severities, WithSeverities,
                "Severities that replace the table's, by reason, for example { KeyRestricted: info }.")
            .Shape;

    private static KeyPolicy WithSeverities(KeyPolicy policy, MapEntries<Severity> overrides)
    {
        var severities = new Dictionary<FindingReason, Severity>(policy.SeverityOverrides);
        foreach (var (reason, severity) in overrides)
        {
            severities[Enum.Parse<FindingReason>(reason)] = severity.Value;
        }

        return policy with { SeverityOverrides = new ReadOnlyDictionary<FindingReason, Severity>(severities) };
    }

    private sealed class RepeatDraft
    {
        public TimeSpan? Critical { get; set; }

        public TimeSpan? Warning { get; set; }

        public KeyPolicy Over(KeyPolicy policy) => policy with
        {
            RepeatCriticalEvery = Critical ?? policy.RepeatCriticalEvery,
            RepeatWarningEvery = Warning ?? policy.RepeatWarningEvery,
        };
    }

    private sealed class Table<T>(ObjectShape<T> shape, Func<T, PolicyDraft> policyOf) where T : class
    {
        public ObjectShape<T> Shape => shape;

        public Table<T> Add<TValue>(string member, Shape<TValue> value, Func<KeyPolicy, TValue, KeyPolicy> change, string description)
        {
            shape.Optional(member, description, value.Located(), (target, read) =>
                policyOf(target).Set(member, read.At, policy => change(policy, read.Value)));
            return this;
        }
    }
}

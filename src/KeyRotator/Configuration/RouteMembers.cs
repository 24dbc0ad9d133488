using KeyRotator.Alerts;
using KeyRotator.Configuration.Shapes;
using KeyRotator.Findings;

namespace KeyRotator.Configuration;

/// <summary>The members of a route.</summary>
internal static class RouteMembers
{
    private const string Inherited = "as under alerts";

    private static readonly OneOrMoreShape<Located<string>> s_texts = new(Values.Text.Located());
    private static readonly OneOrMoreShape<Located<string>> s_named = new(Values.Name.Located());

    private static readonly ScalarShape<FindingReason> s_reason = Values.OneOf(PolicyMembers.Reasons, Enum.Parse<FindingReason>);

    private static readonly ListShape<GroupPart> s_parts = new(Values.OneOf(
        ["provider", "environment", "owner", "reason", "finding"], static word => Enum.Parse<GroupPart>(word, ignoreCase: true)));

    private static readonly ScalarShape<QuietDigest> s_digest =
        Values.OneOf(["daily", "weekly"], static word => Enum.Parse<QuietDigest>(word, ignoreCase: true));

    /// <summary>Channels by owner.</summary>
    public static MapShape<IReadOnlyList<Located<string>>> Owners { get; } = new(
        new NameRule("an owner: up to 1000 characters on one line", Values.TextPattern),
        new OneOrMoreShape<Located<string>>(Values.Name.Located()));

    /// <summary>Adds what says how findings are told together.</summary>
    /// <param name="shape">The object.</param>
    /// <param name="by">What holds where <c>groupBy</c> is not given.</param>
    /// <param name="wait">And <c>groupWait</c>.</param>
    /// <param name="interval">And <c>groupInterval</c>.</param>
    /// <param name="groupingOf">Where the members go.</param>
    public static ObjectShape<T> WithGrouping<T>(
        this ObjectShape<T> shape, string by, string wait, string interval, Func<T, GroupingDraft> groupingOf)
        where T : class => shape
        .Optional("groupBy", "What findings of one message have in common: any of provider, environment, owner and reason; "
            + $"[] tells all together. Default {by}.",
            s_parts, (target, parts) => groupingOf(target).By = [.. parts.Distinct()])
        .Optional("groupWait", $"How long the first finding of a message waits for others, 0s to 10m. Default {wait}.",
            Values.Duration(TimeSpan.Zero, TimeSpan.FromMinutes(10)), (target, span) => groupingOf(target).Wait = span)
        .Optional("groupInterval", $"Least time between two messages of a group, 10s to 24h. Default {interval}.",
            Values.Duration(TimeSpan.FromSeconds(10), TimeSpan.FromHours(24)), (target, span) => groupingOf(target).Interval = span);

    /// <summary>A route.</summary>
    public static ObjectShape<RouteDraft> Route(NameRule labels) => new ObjectShape<RouteDraft>("route", static at => new(at))
        .Optional("match", "What a finding must have, all of it. Default: anything.",
            Match(labels), static (route, match) => route.Match = match)
        .Required("channels", "Names of channels, at least one.",
            new ListShape<Located<string>>(Values.Name.Located()) { Least = 1 }, static (route, names) => route.Channels = names)
        .Optional("continue", "Whether the routes after it are looked at too. Default false: the first that matches decides.",
            Values.Flag, static (route, flag) => route.Continue = flag)
        .WithGrouping(Inherited, Inherited, Inherited, static route => route.Grouping)
        .Optional("digest", "Whether what it brings waits for one quiet message a day, or a week on Monday. Default: it does not.",
            s_digest, static (route, digest) => route.Digest = digest)
        .Optional("digestAt", "When the quiet message goes out: time of day, UTC. Default 08:00.",
            Values.TimeOfDay.Located(), static (route, time) => route.DigestAt = time);

    private static ObjectShape<MatchDraft> Match(NameRule labels) => new ObjectShape<MatchDraft>("match", static at => new(at))
        .Optional("environment", "The key's environment, or several of which it has one; `eu-*` stands for all that begin so.",
            s_texts, static (match, texts) => match.Environments = texts)
        .Optional("provider", "The key's provider instance, or the one that the finding is about; or several.",
            s_named, static (match, names) => match.Providers = names)
        .Optional("owner", "The key's owner, or several of which it has one; `team-*` stands for all that begin so.",
            s_texts, static (match, texts) => match.Owners = texts)
        .Optional("reason", "The finding's reason, or several of which it has one.",
            new OneOrMoreShape<Located<FindingReason>>(s_reason.Located()), static (match, reasons) => match.Reasons = reasons)
        .Optional("severity", "The finding's severity, or several of which it has one. Default: warning and critical.",
            new OneOrMoreShape<Located<Severity>>(PolicyMembers.Severity.Located()),
            static (match, severities) => match.Severities = severities)
        .Optional("store", "The store of the key's first location, or the one that the finding is about; or several.",
            s_named, static (match, names) => match.Stores = names)
        .Optional("labels", "Labels of the key, all of them, each with a value or several of which it has one.",
            new MapShape<IReadOnlyList<Located<string>>>(labels, s_texts).Located(), static (match, map) => match.Labels = map);
}

using KeyRotator.Configuration.Shapes;
using KeyRotator.Findings;

namespace KeyRotator.Configuration;

/// <summary>The members of a route.</summary>
internal static class RouteMembers
{
    private static readonly OneOrMoreShape<Located<string>> s_texts = new(Values.Text.Located());
    private static readonly OneOrMoreShape<Located<string>> s_named = new(Values.Name.Located());

    private static readonly ScalarShape<FindingReason> s_reason = Values.OneOf(PolicyMembers.Reasons, Enum.Parse<FindingReason>);

    /// <summary>A route.</summary>
    public static ObjectShape<RouteDraft> Route(NameRule labels) => new ObjectShape<RouteDraft>("route", static at => new(at))
        .Optional("match", "What a finding must have, all of it. Default: anything.",
            Match(labels), static (route, match) => route.Match = match)
        .Required("channels", "Names of channels, at least one.",
            new ListShape<Located<string>>(Values.Name.Located()) { Least = 1 }, static (route, names) => route.Channels = names)
        .Optional("continue", "Whether the routes after it are looked at too. Default false: the first that matches decides.",
            Values.Flag, static (route, flag) => route.Continue = flag);

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

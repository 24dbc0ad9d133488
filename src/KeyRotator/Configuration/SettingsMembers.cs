using KeyRotator.Configuration.Shapes;
using KeyRotator.Keys;

namespace KeyRotator.Configuration;

/// <summary>Every member of the configuration, once: what it is called, what it may be, what it is for. Binder and JSON Schema both come
/// from here.</summary>
internal static class SettingsMembers
{
    private static readonly NameRule s_names =
        new("a name: letters, digits, `.`, `_` and `-`, a letter or digit first", Values.NamePattern);

    private static readonly NameRule s_keyIds = new(
        $"a key id: 1 to {KeyId.MaxLength} letters, digits, `.`, `_`, `-` and `/`, a letter or digit first",
        "^[A-Za-z0-9][A-Za-z0-9._/-]{0,199}$");

    private static readonly NameRule s_labels =
        new("a label: up to 100 printable characters", @"^[^\u0000-\u0020\u007F-\u00A0\u2028\u2029]{1,100}$");

    private static readonly NameRule s_environments =
        new("an environment: up to 100 characters on one line", @"^[^\u0000-\u001F\u007F-\u009F\u2028\u2029]{1,100}$");

    /// <summary>The file as a whole.</summary>
    public static ObjectShape<SettingsDraft> Root(SettingsCatalogue catalogue) =>
        new ObjectShape<SettingsDraft>("settings", static _ => new())
            .Optional(
                "database", "Where state is kept: `sqlite:PATH`, by default keyrotator.db beside this file, `sqlite::memory:`, or a PostgreSQL "
                + $"connection string. The environment variable {DatabaseDraft.Variable} overrides it.",
                Values.Database.Located(),
                static (settings, text) => settings.Database = text)
            .Merged("defaults", "How keys are looked after that say nothing else.",
                new ObjectShape<PolicyDraft>("defaults", static _ => new()).WithPolicy(static policy => policy),
                static settings => settings.Defaults)
            .Merged("environments", "How keys of an environment are looked after that say nothing else, by the environment's name.",
                new MapShape<PolicyDraft>(
                    s_environments, new ObjectShape<PolicyDraft>("environment", static _ => new()).WithPolicy(static policy => policy)),
                static settings => settings.Environments)
            .Merged("operators", "Who may act under a name of their own, by that name.",
                new MapShape<OperatorDraft>(s_names, OperatorMembers.Shape), static settings => settings.Operators)
            .Merged("stores", "Where secrets are, by name.",
                new MapShape<StoreDraft>(s_names, StoreMembers.Shape(catalogue.Stores)), static settings => settings.Stores)
            .Merged("providers", "Provider instances by name. A kind's own name is a ready instance and needs no entry.",
                new MapShape<ProviderDraft>(s_names, ProviderMembers.Shape(catalogue.Providers)),
                static settings => settings.Providers)
            .Merged("keys", "The keys that are tracked, by id.",
                new MapShape<KeyDraft>(s_keyIds, KeyMembers.Shape(s_labels)), static settings => settings.Keys)
            .Merged("alerts", "Who is told of findings.", Alerts(catalogue.Channels), static settings => settings.Alerts);

    private static ObjectShape<AlertsDraft> Alerts(IReadOnlyList<string> kinds) => new ObjectShape<AlertsDraft>("alerts", static _ => new())
        .Merged("channels", "Receivers by name.", new MapShape<ChannelDraft>(s_names, ChannelMembers.Shape(kinds)),
            static alerts => alerts.Channels)
        .Merged(
            "owners", "Channels that also hear of what is about an owner's keys, by owner: as if a route for each stood before the others "
            + "and let them be looked at too.", RouteMembers.Owners, static alerts => alerts.Owners)
        .WithGrouping("[provider, reason]", "30s", "5m", static alerts => alerts.Grouping)
        .Optional("runbook", "Link to the operators' own page about a finding, with {reason}, {key}, {provider}, {environment} or {owner} in it.",
            Values.Runbook, static (alerts, template) => alerts.Runbook = template)
        .Optional("routes", "Which findings go to which channels; the first that matches decides. "
            + "In one file only. Default: all to all, save channels that `owners` names.",
            new ListShape<RouteDraft>(RouteMembers.Route(s_labels)).Located(), static (alerts, routes) => alerts.Routes = routes)
        .Optional("heartbeat", "A watchdog elsewhere that is asked as long as all is well, so that silence is noticed. In one file only.",
            ReceiverMembers.Heartbeat, static (alerts, heartbeat) => alerts.Heartbeat = heartbeat);
}

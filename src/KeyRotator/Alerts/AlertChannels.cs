namespace KeyRotator.Alerts;

/// <summary>Every channel kind there is: one line each.</summary>
internal static class AlertChannels
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<IAlertChannel> All { get; } =
    [
        new WebhookChannel(),
        new SlackChannel(),
        new TeamsChannel(),
        new PagerDutyChannel(),
        new OpsgenieChannel(),
        new JiraChannel(),
        new DiscordChannel(),
        new GoogleChatChannel(),
        new AlertmanagerChannel(),
        new StdoutChannel(),
    ];

    /// <summary>The kinds that configuration may name.</summary>
    public static IReadOnlyList<string> Kinds { get; } = [.. All.Select(channel => channel.Kind)];

    /// <summary>The channel of a kind, in any case, or null.</summary>
    public static IAlertChannel? Find(string kind) =>
        All.FirstOrDefault(channel => channel.Kind.Equals(kind, StringComparison.OrdinalIgnoreCase));
}

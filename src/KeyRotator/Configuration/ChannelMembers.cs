using KeyRotator.Alerts;
using KeyRotator.Configuration.Shapes;

namespace KeyRotator.Configuration;

/// <summary>The members of a channel, by its kind: one line here for each kind of <c>Alerts/AlertChannels</c>.</summary>
internal static class ChannelMembers
{
    private static readonly Dictionary<string, Func<ObjectShape<ChannelDraft>>> s_kinds = new(StringComparer.Ordinal)
    {
        ["webhook"] = static () => Of("webhook", "Any receiver of JSON, signed as Standard Webhooks describes.")
            .Url(Values.ReceiverUrl)
            .Optional("secret", "Signing secret (Standard Webhooks): 24 to 64 bytes in base64, with or without `whsec_` in front.",
                Values.Signing, static (channel, secret) => channel.Secret = secret)
            .Optional("previousSecret", "The signing secret before this one: while it is set, both sign.",
                Values.Signing, static (channel, secret) => channel.PreviousSecret = secret)
            .Optional("format", "`standard`, the default, or `cloudevents`: CloudEvents 1.0 around the same data.",
                Values.OneOf(["standard", "cloudevents"], static word => Enum.Parse<WebhookFormat>(word, ignoreCase: true)),
                static (channel, format) => channel.Format = format),
        ["slack"] = static () => Of("slack", "A Slack incoming webhook.").Url(Values.ReceiverUrl),
        ["teams"] = static () => Of("teams", "A Microsoft Teams channel or chat, by a Workflows webhook.").Url(Values.WorkflowUrl),
        ["pagerduty"] = static () => Of("pagerduty", "A PagerDuty service, by Events API v2.")
            .Required("routingKey", "The integration's key: 32 letters and digits.",
                Values.RoutingKey, static (channel, key) => channel.ApiKey = key)
            .Address("PagerDuty's address. Default https://events.pagerduty.com."),
        ["opsgenie"] = static () => Opsgenie("opsgenie", "Opsgenie.", "Default https://api.opsgenie.com."),
        ["jsm"] = static () => Opsgenie(
            "jsm", "Jira Service Management's alerts.", "Default https://api.atlassian.com/jsm/ops/integration."),
        ["discord"] = static () => Of("discord", "A Discord webhook.").Url(Values.ReceiverUrl),
        ["googlechat"] = static () => Of("googlechat", "A Google Chat webhook.").Url(Values.ReceiverUrl),
        ["alertmanager"] = static () =>
            Of("alertmanager", "A Prometheus Alertmanager, by its API v2. Of several replicas each is a channel.")
            .Required("url", "Its base address, with the path prefix where it has one.",
                Values.BaseUrl.Located(), static (channel, url) => channel.Url = url)
            .Optional("authorization", "Value of the header Authorization, such as `Bearer …` or `Basic …`, where it asks for one.",
                Values.Authorization, static (channel, value) => channel.ApiKey = value),
        ["stdout"] = static () => Of("stdout", "Lines of JSON: to standard output in `run`, to standard error elsewhere."),
    };

    /// <summary>A channel of any of these kinds.</summary>
    public static KindShape<ChannelDraft> Shape(IReadOnlyList<string> kinds) =>
        new("a channel", kinds.ToDictionary(kind => kind, kind => s_kinds[kind](), StringComparer.Ordinal));

    private static ObjectShape<ChannelDraft> Opsgenie(string kind, string description, string address) => Of(kind, description)
        .Required("apiKey", "The integration's API key.", Values.Secret, static (channel, key) => channel.ApiKey = key)
        .Address($"Its address. {address}");

    private static ObjectShape<ChannelDraft> Of(string kind, string description) =>
        new ObjectShape<ChannelDraft>($"channel-{kind}", _ => new() { Kind = kind })
            .Required("kind", description, Values.OneOf([kind]), static (_, _) => { })
            .Optional("allowInsecure", "Whether plain http to another host is meant. Default false.",
                Values.Flag, static (channel, flag) => channel.AllowInsecure = flag)
            .Optional("allowAddresses", ReceiverMembers.AllowAddresses,
                ReceiverMembers.Ranges, static (channel, ranges) => channel.AllowAddresses = ranges);

    private static ObjectShape<ChannelDraft> Url(this ObjectShape<ChannelDraft> channel, ScalarShape<Uri> shape) => channel
        .Required("url", "Where messages go. Plain http only to loopback, or with allowInsecure.",
            shape.Located(), static (draft, url) => draft.Url = url);

    private static ObjectShape<ChannelDraft> Address(this ObjectShape<ChannelDraft> channel, string description) => channel
        .Optional("url", description, Values.BaseUrl.Located(), static (draft, url) => draft.Url = url);
}

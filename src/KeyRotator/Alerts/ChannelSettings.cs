using System.Net;
using KeyRotator.Secrets;

namespace KeyRotator.Alerts;

/// <summary>A configured channel.</summary>
public sealed record ChannelSettings
{
    /// <summary>Its name, unique.</summary>
    public required string Name { get; init; }

    /// <summary>Channel kind, for example <c>webhook</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>Where messages go. Secret as a whole: chat webhooks carry their credential in path or query.</summary>
    public required SecretValue Url { get; init; }

    /// <summary>What the receiver knows us by, where it is not in the address: an integration's routing key or API key. Else
    /// null.</summary>
    public SecretValue? ApiKey { get; init; }

    /// <summary>Signing secret, or null. Standard Webhooks: <c>whsec_</c> and 24 to 64 bytes in base64.</summary>
    public SecretValue? Secret { get; init; }

    /// <summary>The signing secret before this one: while it is set both sign.</summary>
    public SecretValue? PreviousSecret { get; init; }

    /// <summary>The form of a webhook's body.</summary>
    public WebhookFormat Format { get; init; }

    /// <summary>Whether plain http to a host that is not loopback is meant. Default false.</summary>
    public bool AllowInsecure { get; init; }

    /// <summary>Ranges of addresses that the receiver may have although the internet cannot reach them. Default none.</summary>
    public IReadOnlyList<IPNetwork> AllowAddresses { get; init; } = [];
}

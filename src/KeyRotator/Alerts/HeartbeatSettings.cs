using System.Net;
using KeyRotator.Secrets;

namespace KeyRotator.Alerts;

/// <summary>A watchdog elsewhere that is asked as long as all is well, so that silence is noticed.</summary>
public sealed record HeartbeatSettings
{
    /// <summary>What is asked, with GET. Secret as a whole: whoever knows it can fake the sign of life.</summary>
    public required SecretValue Url { get; init; }

    /// <summary>How often, at least: from one minute. Default 5 minutes.</summary>
    public TimeSpan Every { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Whether plain http to a host that is not loopback is meant. Default false.</summary>
    public bool AllowInsecure { get; init; }

    /// <summary>Ranges of addresses that the watchdog may have although the internet cannot reach them. Default none.</summary>
    public IReadOnlyList<IPNetwork> AllowAddresses { get; init; } = [];
}

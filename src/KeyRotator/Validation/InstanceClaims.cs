using System.Globalization;
using KeyRotator.Findings;
using KeyRotator.Providers;
using KeyRotator.State;

namespace KeyRotator.Validation;

/// <summary>What is wrong with a provider instance as a whole. Pure.</summary>
internal static class InstanceClaims
{
    /// <summary>All claims about the instance.</summary>
    public static IReadOnlyList<FindingClaim> Of(
        ProviderInstance instance, InstanceStatus status, GuardDecision decision, DateTimeOffset now)
    {
        // What is not asked is neither down nor untrustworthy.
        if (!instance.Probe)
        {
            return [];
        }

        var claims = new List<FindingClaim>();
        if (decision is { IsHolding: true, HoldSince: { } since })
        {
            var until = since + OutageGuard.LongestHold;
            var message = string.Create(
                CultureInfo.InvariantCulture,
                $"{instance.Name} rejects so many keys at once that the provider is to blame before the keys are. "
                + $"Their alerts are held back until {until:HH:mm} UTC at the latest.");
            claims.Add(Claim(instance, FindingReason.ProviderOutage, Severity.Critical, message));
        }
        else if (OutageGuard.IsUnreachable(status, now))
        {
            var message = $"No key of {instance.Name} got an answer of the provider's own in two passes in a row: "
                + "the provider is down, or network, proxy or firewall is in the way. Nothing is said of the keys.";
            claims.Add(Claim(instance, FindingReason.ProviderOutage, Severity.Warning, message));
        }

        if (status.ControlAccepted && instance.Control)
        {
            var message = $"{instance.Name} accepted a made-up key: a public list, a cache or a permissive gateway answers. "
                + "Its keys cannot be proven; set probe: none, or correct the base URL.";
            claims.Add(Claim(instance, FindingReason.ProbeUntrustworthy, Severity.Warning, message));
        }

        return claims;
    }

    private static FindingClaim Claim(ProviderInstance instance, FindingReason reason, Severity severity, string message) => new()
    {
        Key = new(FindingSubject.Provider(instance.Name), reason, 0, ""),
        Severity = severity,
        Message = message,
    };
}

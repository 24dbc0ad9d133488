using KeyRotator.Keys;
using KeyRotator.Providers;
using KeyRotator.Secrets;
using KeyRotator.State;

namespace KeyRotator.Validation;

/// <summary>Probes a made-up key: an instance that accepts it proves nothing about the real ones (a public list, a caching or permissive
/// proxy).</summary>
internal static class NegativeControl
{
    private const int UnshapedLength = 40;
    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

    /// <summary>How long an answer holds.</summary>
    public static TimeSpan Period { get; } = TimeSpan.FromHours(24);

    /// <summary>Whether it is due: before the first Accepted of an instance is believed, then daily. An answer from the future is
    /// none.</summary>
    public static bool IsDue(InstanceStatus status, DateTimeOffset now) => status.ControlAt is not { } at || at > now || now - at >= Period;

    /// <summary>Whether the instance is controlled at all: not where the file says so, and not where no probe is made.</summary>
    public static bool IsNeeded(ProviderInstance instance, IKeyProvider provider) =>
        instance is { Control: true, Probe: true } && (provider as IUnprobedProvider)?.VerdictFor(instance) is null;

    /// <summary>A well-formed key of the ordinary kind that never existed, another one each time.</summary>
    public static SecretValue MakeKey(IKeyProvider provider, Random random)
    {
        var formats = provider.Profile.Formats;
        return new(formats.Count == 0 ? new string(random.GetItems<char>(Alphabet, UnshapedLength)) : formats[0].Example(random));
    }

    /// <summary>What is known of the instance after the control's answer. Anything but Accepted will do; where no answer came, or only a
    /// request to wait, none is on record.</summary>
    public static InstanceStatus Record(InstanceStatus status, ProbeResult result) => result switch
    {
        { HttpStatus: null } or { Verdict: { Verdict: Verdict.Inconclusive, Reason: VerdictReason.Throttled } } => status,
        _ => status with { ControlAt = result.At, ControlAccepted = result.Verdict.Verdict is Verdict.Accepted },
    };
}

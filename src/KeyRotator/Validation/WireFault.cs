using KeyRotator.Http;
using KeyRotator.Keys;
using KeyRotator.Providers;

namespace KeyRotator.Validation;

/// <summary>What a fault on the way to an answer means for a probe.</summary>
internal static class WireFault
{
    /// <summary>The Inconclusive verdict for an exception that ended a probe.</summary>
    public static ProbeVerdict Explain(Exception fault) => NetworkFault.Of(fault) switch
    {
        null => Inconclusive(VerdictReason.UnexpectedBody, $"The adapter failed with {fault.GetType().Name}: a defect to report."),
        { Kind: NetworkFaultKind.Timeout } => Inconclusive(VerdictReason.Timeout, "The provider did not answer in time."),
        { } known => Inconclusive(ReasonOf(known.Kind), known.Sentence),
    };

    private static VerdictReason ReasonOf(NetworkFaultKind kind) => kind switch
    {
        NetworkFaultKind.Tls => VerdictReason.Tls,
        NetworkFaultKind.Proxy => VerdictReason.EdgeBlocked,
        NetworkFaultKind.NotHttp => VerdictReason.UnexpectedBody,
        NetworkFaultKind.TooLarge => VerdictReason.TooLarge,
        _ => VerdictReason.Network,
    };

    private static ProbeVerdict Inconclusive(VerdictReason reason, string hint) => ProbeVerdict.Inconclusive(reason, hint: hint);
}

using System.Net.Sockets;
using KeyRotator.Http;
using KeyRotator.Keys;
using KeyRotator.Providers;

namespace KeyRotator.Validation;

/// <summary>What a fault on the way to an answer means. An exception's own text is never kept: it may quote the wire.</summary>
internal static class WireFault
{
    /// <summary>The Inconclusive verdict for an exception that ended a probe.</summary>
    public static ProbeVerdict Explain(Exception fault) => fault switch
    {
        OperationCanceledException => Inconclusive(VerdictReason.Timeout, "The provider did not answer in time."),
        HttpRequestException request => Explain(request.HttpRequestError, request.InnerException),
        HttpIOException body => Explain(body.HttpRequestError, body.InnerException),
        IOException => BrokeOff,
        _ => Inconclusive(VerdictReason.UnexpectedBody, $"The adapter failed with {fault.GetType().Name}: a defect to report."),
    };

    private static ProbeVerdict BrokeOff => Inconclusive(VerdictReason.Network, "The connection broke off before the answer was complete.");

    private static ProbeVerdict Explain(HttpRequestError error, Exception? cause) => error switch
    {
        HttpRequestError.NameResolutionError => Inconclusive(VerdictReason.Network, "The host name does not resolve."),
        HttpRequestError.ConnectionError when cause is SocketException { SocketErrorCode: SocketError.ConnectionRefused } =>
            Inconclusive(VerdictReason.Network, "The connection was refused."),
        HttpRequestError.ConnectionError => Inconclusive(VerdictReason.Network, "No connection could be made."),
        HttpRequestError.SecureConnectionError when cause is CertificateRefusedException => Inconclusive(VerdictReason.Tls, cause.Message),
        HttpRequestError.SecureConnectionError => Inconclusive(VerdictReason.Tls, "The TLS handshake failed."),
        HttpRequestError.ProxyTunnelError => Inconclusive(VerdictReason.EdgeBlocked, "The proxy refused the connection."),
        HttpRequestError.InvalidResponse => Inconclusive(VerdictReason.UnexpectedBody, "The answer is not valid HTTP."),
        HttpRequestError.ConfigurationLimitExceeded => Inconclusive(VerdictReason.TooLarge, "The answer's headers are too long."),
        _ => BrokeOff,
    };

    private static ProbeVerdict Inconclusive(VerdictReason reason, string hint) => ProbeVerdict.Inconclusive(reason, hint: hint);
}

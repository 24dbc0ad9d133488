using System.Net.Sockets;

namespace KeyRotator.Http;

/// <summary>What kind of thing came between a request and its answer.</summary>
internal enum NetworkFaultKind
{
    /// <summary>The connection could not be made, or broke off.</summary>
    Network = 0,

    /// <summary>No answer came in time.</summary>
    Timeout,

    /// <summary>Certificate or handshake.</summary>
    Tls,

    /// <summary>A proxy refused.</summary>
    Proxy,

    /// <summary>What came is not HTTP.</summary>
    NotHttp,

    /// <summary>The answer's headers are too long.</summary>
    TooLarge,
}

/// <summary>Why no answer came. An exception's own text is never kept: it may quote the wire.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Sentence">A sentence of ours.</param>
internal sealed record NetworkFault(NetworkFaultKind Kind, string Sentence)
{
    private static readonly NetworkFault s_brokeOff =
        new(NetworkFaultKind.Network, "The connection broke off before the answer was complete.");

    /// <summary>Explains an exception that ended an exchange; null where it is none of the network's.</summary>
    public static NetworkFault? Of(Exception fault) => fault switch
    {
        OperationCanceledException => new(NetworkFaultKind.Timeout, "No answer came in time."),
        HttpRequestException request => Of(request.HttpRequestError, request.InnerException),
        HttpIOException body => Of(body.HttpRequestError, body.InnerException),
        IOException => s_brokeOff,
        _ => null,
    };

    /// <summary>Whether it is certain that the server never saw the request.</summary>
    public static bool IsBeforeSending(Exception fault) => fault is HttpRequestException
    {
        HttpRequestError: HttpRequestError.NameResolutionError or HttpRequestError.ConnectionError
            or HttpRequestError.SecureConnectionError or HttpRequestError.ProxyTunnelError,
    };

    private static NetworkFault Of(HttpRequestError error, Exception? cause) => error switch
    {
        HttpRequestError.NameResolutionError => new(NetworkFaultKind.Network, "The host name does not resolve."),
        HttpRequestError.ConnectionError when cause is SocketException { SocketErrorCode: SocketError.ConnectionRefused } =>
            new(NetworkFaultKind.Network, "The connection was refused."),
        HttpRequestError.ConnectionError => new(NetworkFaultKind.Network, "No connection could be made."),
        HttpRequestError.SecureConnectionError when cause is CertificateRefusedException => new(NetworkFaultKind.Tls, cause.Message),
        HttpRequestError.SecureConnectionError => new(NetworkFaultKind.Tls, "The TLS handshake failed."),
        HttpRequestError.ProxyTunnelError => new(NetworkFaultKind.Proxy, "The proxy refused the connection."),
        HttpRequestError.InvalidResponse => new(NetworkFaultKind.NotHttp, "The answer is not valid HTTP."),
        HttpRequestError.ConfigurationLimitExceeded => new(NetworkFaultKind.TooLarge, "The answer's headers are too long."),
        _ => s_brokeOff,
    };
}

using System.Net;

namespace KeyRotator.Http;

/// <summary>The one place that makes HTTP senders. All of them follow no redirect, keep no cookie, decompress nothing and send no trace
/// header.</summary>
/// <remarks>A sender is shared and lives as long as the process; connections are renewed every two minutes, so that DNS changes are seen.
/// <see cref="HttpMessageInvoker"/> instead of a client factory: no logging of URLs, no buffering, and a third of its start-up
/// time.</remarks>
public static class OutboundHttp
{
    /// <summary>Time to open a connection, TLS included.</summary>
    public static TimeSpan ConnectTimeout { get; } = TimeSpan.FromSeconds(5);

    /// <summary>What all senders call themselves: <c>KeyRotator/x.y</c>.</summary>
    public static string UserAgent { get; } = $"KeyRotator/{typeof(OutboundHttp).Assembly.GetName().Version?.ToString(2)}";

    /// <summary>A sender that keeps connections open for the next request.</summary>
    public static HttpMessageInvoker Create() => new(Handler(TimeSpan.FromMinutes(2)), disposeHandler: true);

    /// <summary>A sender whose every request has a connection of its own: what a confirmation needs.</summary>
    public static HttpMessageInvoker CreateUnpooled() => new(Handler(TimeSpan.Zero), disposeHandler: true);

    private static SocketsHttpHandler Handler(TimeSpan connectionLifetime) => new()
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        UseProxy = true,
        Proxy = new SystemProxy(),
        AutomaticDecompression = DecompressionMethods.None,
        ConnectTimeout = ConnectTimeout,
        MaxResponseHeadersLength = 32,
        PooledConnectionLifetime = connectionLifetime,
        ActivityHeadersPropagator = null,
        SslOptions = { RemoteCertificateValidationCallback = CertificateCheck.Validate },
    };
}

using System.Net;
using System.Security.Cryptography.X509Certificates;

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

    /// <summary>A sender for addresses that somebody else chose: it connects only where a request's <see cref="AddressRules"/> allow
    /// it.</summary>
    public static HttpMessageInvoker CreateGuarded() =>
        new(new GuardedHandler(static () => Handler(TimeSpan.FromMinutes(2))), disposeHandler: true);

    /// <summary>A sender whose every request has a connection of its own: what a confirmation needs.</summary>
    public static HttpMessageInvoker CreateUnpooled() => new(Handler(TimeSpan.Zero), disposeHandler: true);

    /// <summary>A sender that asks this machine itself, past any proxy.</summary>
    public static HttpMessageInvoker CreateLocal()
    {
        var handler = Handler(TimeSpan.Zero);
        handler.UseProxy = false;
        return new(handler, disposeHandler: true);
    }

    /// <summary>The handler of a sender that trusts and shows certificates of its own, to be wrapped.</summary>
    /// <exception cref="IOException">A file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">A file may not be read.</exception>
    /// <exception cref="System.Security.Cryptography.CryptographicException">A file holds no certificate or no key.</exception>
    public static HttpMessageHandler CreateHandler(TlsFiles files)
    {
        var handler = Handler(TimeSpan.FromMinutes(2));
        if (files.Authority is { } authority)
        {
            var policy =
                new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            policy.CustomTrustStore.ImportFromPemFile(authority);
            handler.SslOptions.CertificateChainPolicy = policy;
        }

        if (files.Certificate is { } certificate)
        {
            handler.SslOptions.ClientCertificates = [X509Certificate2.CreateFromPemFile(certificate, files.Key ?? certificate)];
        }

        return handler;
    }

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

/// <summary>Certificates of a connection: PEM files, or null for the system's own.</summary>
/// <param name="Authority">Certificates to trust in place of the system's.</param>
/// <param name="Certificate">The certificate to show, with its chain.</param>
/// <param name="Key">Its key; null where it is in the same file.</param>
public sealed record TlsFiles(string? Authority, string? Certificate, string? Key);

using System.Net;

namespace KeyRotator.Http;

/// <summary>The process's proxy, for everything but this machine itself: plain http is let pass there because it never leaves it.</summary>
internal sealed class SystemProxy : IWebProxy
{
    /// <inheritdoc />
    public ICredentials? Credentials
    {
        get => HttpClient.DefaultProxy.Credentials;
        set => HttpClient.DefaultProxy.Credentials = value;
    }

    /// <inheritdoc />
    public Uri? GetProxy(Uri destination) => HttpClient.DefaultProxy.GetProxy(destination);

    /// <inheritdoc />
    public bool IsBypassed(Uri host) => host.IsLoopback || HttpClient.DefaultProxy.IsBypassed(host);
}

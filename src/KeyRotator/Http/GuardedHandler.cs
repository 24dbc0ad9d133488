using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace KeyRotator.Http;

/// <summary>Connects only where a request's <see cref="AddressRules"/> allow it. Requests under different rules share no
/// connection.</summary>
/// <remarks>A name is resolved once, all of its addresses are judged, and the connection goes to these very addresses: a name that
/// resolves to something else a moment later gains nothing. Through a proxy the proxy connects, and decides.</remarks>
internal sealed class GuardedHandler : HttpMessageHandler
{
    private readonly ConcurrentDictionary<string, Lazy<HttpMessageInvoker>> _senders = new(StringComparer.Ordinal);
    private readonly Func<SocketsHttpHandler> _create;
    private readonly Func<string, CancellationToken, Task<IPAddress[]>> _resolve;

    /// <summary>Takes how a handler is made, and how a name is resolved.</summary>
    public GuardedHandler(Func<SocketsHttpHandler> create, Func<string, CancellationToken, Task<IPAddress[]>>? resolve = null)
    {
        _create = create;
        _resolve = resolve ?? ((host, cancellationToken) => Dns.GetHostAddressesAsync(host, cancellationToken));
    }

    /// <inheritdoc />
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (request.RequestUri is not { IsAbsoluteUri: true } url)
        {
            throw new InvalidOperationException("A request needs an absolute address.");
        }

        var rules = request.Options.TryGetValue(AddressRules.Option, out var given) ? given : AddressRules.Of(url, []);
        return _senders.GetOrAdd(rules.Key, _ => new(() => Sender(rules))).Value.SendAsync(request, cancellationToken);
    }

    /// <inheritdoc />
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            foreach (var sender in _senders.Values.Where(sender => sender.IsValueCreated))
            {
                sender.Value.Dispose();
            }
        }

        base.Dispose(disposing);
    }

    private HttpMessageInvoker Sender(AddressRules rules)
    {
        var handler = _create();
        var proxy = handler.UseProxy ? handler.Proxy : null;
        handler.ConnectCallback = async (context, cancellationToken) =>
        {
            var judged = IsToProxy(context, proxy) ? null : rules;
            return await ConnectAsync(context.DnsEndPoint, judged, cancellationToken);
        };
        return new(handler, disposeHandler: true);
    }

    // The proxy's own address is the operator's business.
    private static bool IsToProxy(SocketsHttpConnectionContext context, IWebProxy? proxy)
    {
        var url = context.InitialRequestMessage.RequestUri;
        return url is not null && proxy is not null && !proxy.IsBypassed(url) && proxy.GetProxy(url) is { } address
            && address.IdnHost == context.DnsEndPoint.Host && address.Port == context.DnsEndPoint.Port;
    }

    private async Task<Stream> ConnectAsync(DnsEndPoint target, AddressRules? rules, CancellationToken cancellationToken)
    {
        var addresses = await _resolve(target.Host, cancellationToken);
        if (addresses.Length == 0)
        {
            throw new SocketException((int)SocketError.HostNotFound);
        }

        if (rules is not null && !addresses.All(rules.Allow))
        {
            throw new AddressRefusedException();
        }

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(addresses, target.Port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}

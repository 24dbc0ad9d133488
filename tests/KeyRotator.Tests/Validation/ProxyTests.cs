using System.Net;
using KeyRotator.Keys;
using KeyRotator.Tests.Support;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Validation;

/// <summary>The process's proxy is used, which the framework takes from HTTPS_PROXY, HTTP_PROXY and NO_PROXY.</summary>
/// <remarks>The stand-in serves one made-up host, so that other tests pass it by.</remarks>
public sealed class ProxyTests
{
    [Fact(Timeout = 300_000)]
    public async Task Probe_PlainHttpThroughProxy_GoesThere()
    {
        await using var proxy = HostileServer.Answering(Wire.Answer(200, Wire.Models));
        using var _ = new ProxyFor("plain.tiny.example", proxy.Url);
        using var proving = new Proving();

        var result = await proving.ProbeAsync(new Uri("http://plain.tiny.example"));

        result.Verdict.Verdict.ShouldBe(Verdict.Accepted);
        proxy.Requests.ShouldHaveSingleItem().ShouldStartWith("GET http://plain.tiny.example/v1/models ");
    }

    [Theory(Timeout = 300_000)]
    [InlineData(407)]
    [InlineData(403)]
    public async Task Probe_ProxyRefusesTheTunnel_IsTheEdgesDoingAndTheKeyStaysHere(int status)
    {
        await using var proxy = HostileServer.Answering(Wire.Answer(status));
        using var _ = new ProxyFor("tunnel.tiny.example", proxy.Url);
        using var proving = new Proving();

        var result = await proving.ProbeAsync(new Uri("https://tunnel.tiny.example"));

        result.Verdict.Reason.ShouldBe(VerdictReason.EdgeBlocked);
        proxy.Requests[0].ShouldStartWith("CONNECT tunnel.tiny.example:443 ");
        proving.Key.ShouldBeAbsentFrom(string.Concat(proxy.Requests));
    }

    private sealed class ProxyFor : IWebProxy, IDisposable
    {
        private readonly string _host;
        private readonly Uri _proxy;
        private readonly IWebProxy _before;

        public ProxyFor(string host, Uri proxy)
        {
            (_host, _proxy, _before) = (host, proxy, HttpClient.DefaultProxy);
            HttpClient.DefaultProxy = this;
        }

        public ICredentials? Credentials { get; set; }

        public Uri GetProxy(Uri destination) => _proxy;

        public bool IsBypassed(Uri host) => host.Host != _host;

        public void Dispose()
        {
            HttpClient.DefaultProxy = _before;
        }
    }
}

using System.Text.Json;
using KeyRotator.Http;
using KeyRotator.Providers;
using KeyRotator.Tests.Support;
using KeyRotator.Validation;
using Xunit;

namespace KeyRotator.Tests.Validation;

/// <summary>A validator with real senders, one canary key and a clock that stands still.</summary>
internal sealed class Proving : IDisposable
{
    private readonly KeyValidator _validator;

    public Proving(IKeyProvider? provider = null, HttpMessageInvoker? pooled = null, Canary? key = null)
    {
        Key = key ?? new Canary();
        var found = provider ?? new TinyProvider();
        _validator = new KeyValidator(pooled ?? OutboundHttp.Create(), OutboundHttp.CreateUnpooled(), Clock) { FindProvider = _ => found };
    }

    public ManualClock Clock { get; } = new();

    public Canary Key { get; }

    public Task<ProbeResult> ProbeAsync(Uri url, ProbeConnection connection = ProbeConnection.Shared) =>
        ProbeAsync(A.Instance("tiny", url), connection);

    public Task<ProbeResult> ProbeAsync(ProviderInstance instance, ProbeConnection connection = ProbeConnection.Shared) =>
        _validator.ProbeAsync(instance, Key.Value, connection, TestContext.Current.CancellationToken);

    public Task<ProbeResult> ProbeAsync(Uri url, string key, CancellationToken cancellationToken) =>
        _validator.ProbeAsync(A.Instance("tiny", url), new(key), ProbeConnection.Shared, cancellationToken);

    /// <summary>Fails where the key is anywhere in what a probe leaves behind.</summary>
    public void ShouldNotShow(ProbeResult result)
    {
        Key.ShouldBeAbsentFrom(JsonSerializer.Serialize(result));
        Key.ShouldBeAbsentFrom(result.ToString());
    }

    public void Dispose() => _validator.Dispose();
}

using KeyRotator.Demo;
using KeyRotator.Keys;
using KeyRotator.Providers;
using KeyRotator.Secrets;
using KeyRotator.Tests.Support;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Demo;

/// <summary>What the real providers make of the emulator's answers, asked by their own probes.</summary>
public sealed class EmulatedVerdictTests : IAsyncLifetime
{
    private static readonly string[] s_providers = ["mistral", "openai", "anthropic", "gemini"];

    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false });
    private ProviderEmulator _emulator = null!;

    public static MatrixTheoryData<string, string> Faults =>
        new(s_providers, Enum.GetNames<ProviderFault>().Except([nameof(ProviderFault.Slow)]));

    public static TheoryData<string> Providers => [.. s_providers];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _emulator = await ProviderEmulator.StartAsync(new ManualClock(), Token);

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _emulator.DisposeAsync();
    }

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task Classify_GoodKey_HasTheFaultsVerdict(string provider, string fault)
    {
        var key = DemoKeys.Create(provider, new Random(7));
        _emulator.AddKey(provider, key);
        _emulator.Break(provider, Enum.Parse<ProviderFault>(fault));

        var verdict = await ProbeAsync(provider, key);

        (verdict.Verdict, verdict.Reason).ShouldBe(Enum.Parse<ProviderFault>(fault) switch
        {
            ProviderFault.None => (Verdict.Accepted, VerdictReason.Ok),
            ProviderFault.RejectsAll => (Verdict.Rejected, VerdictReason.Invalid),
            ProviderFault.Throttled => (Verdict.Inconclusive, VerdictReason.Throttled),
            _ => (Verdict.Inconclusive, VerdictReason.ProviderError),
        });
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task Classify_RevokedKey_IsRejected(string provider)
    {
        var key = DemoKeys.Create(provider, new Random(7));
        _emulator.AddKey(provider, key);
        _emulator.Revoke(provider, key);

        var verdict = await ProbeAsync(provider, key);

        (verdict.Verdict, verdict.Reason).ShouldBe((Verdict.Rejected, VerdictReason.Invalid));
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task Classify_MadeUpKey_IsNotAccepted(string provider)
    {
        var verdict = await ProbeAsync(provider, DemoKeys.Create(provider, new Random(8)));

        verdict.Verdict.ShouldBe(Verdict.Rejected);
    }

    [Fact]
    public async Task Classify_MistralsList_TellsADeprecatedModel()
    {
        _emulator.AddKey("mistral", "good");

        var verdict = await ProbeAsync("mistral", "good");

        verdict.Models!.Models.ShouldContain(model => model.Id == "devstral-medium-2507" && model.IsDeprecated && model.ShutdownAt != null);
    }

    private async Task<ProbeVerdict> ProbeAsync(string provider, string key)
    {
        var instance = A.Instance(provider, _emulator.BaseUrl(provider));
        var kind = KeyProviders.Find(provider)!;
        using var request = kind.CreateProbe(new SecretValue(key), instance);
        using var message = await _http.SendAsync(request, Token);
        var body = await message.Content.ReadAsByteArrayAsync(Token);
        using var answer = new ProbeAnswer(message, body, isTruncated: false, instance, KeyProviders.FormatOf(kind, new SecretValue(key)));
        return kind.Classify(answer);
    }
}

using KeyRotator.Keys;
using KeyRotator.Providers;
using KeyRotator.Secrets;
using KeyRotator.Tests.Support;
using KeyRotator.Validation;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Validation;

/// <summary>What is answered without asking anyone.</summary>
public sealed class UnsentProbeTests
{
    private static readonly Uri s_url = new("https://tiny.example");

    [Theory]
    [InlineData("")]
    [InlineData("abcdefgh\r\nX-Injected: 1")]
    [InlineData("abcdefgh\n")]
    [InlineData("abc defgh")]
    [InlineData("abcdefgh\0")]
    [InlineData("abcdéfgh")]
    [InlineData("\uFEFFabcdefgh")]
    public async Task Probe_ValueThatNoHeaderCarries_IsNotSent(string value)
    {
        using var far = new ScriptedHttp().Answer(200, Wire.Models);
        using var proving = new Proving(pooled: far.Invoker());

        var result = await proving.ProbeAsync(s_url, value, TestContext.Current.CancellationToken);

        far.Requests.ShouldBeEmpty();
        result.Verdict.Reason.ShouldBe(VerdictReason.NotProbed);
    }

    [Fact]
    public async Task Probe_TurnedOffForTheInstance_SendsNothing()
    {
        using var far = new ScriptedHttp().Answer(200, Wire.Models);
        using var proving = new Proving(pooled: far.Invoker());

        var result = await proving.ProbeAsync(A.Instance("tiny", s_url) with { Probe = false });

        far.Requests.ShouldBeEmpty();
        result.Verdict.Reason.ShouldBe(VerdictReason.NotProbed);
    }

    [Fact]
    public async Task Probe_ProviderKnowsWithoutAsking_SendsNothing()
    {
        using var far = new ScriptedHttp().Answer(200, Wire.Models);
        using var proving = new Proving(new RetiredProvider(), far.Invoker());

        var result = await proving.ProbeAsync(s_url);

        far.Requests.ShouldBeEmpty();
        result.Verdict.Reason.ShouldBe(VerdictReason.Retired);
    }

    [Fact]
    public async Task Probe_UnknownKind_IsRefused()
    {
        using var far = new ScriptedHttp().Answer(200, Wire.Models);
        using var validator = new KeyValidator(far.Invoker(), far.Invoker(), new ManualClock()) { FindProvider = _ => null };
        var cancellationToken = TestContext.Current.CancellationToken;

        await Should.ThrowAsync<ArgumentException>(
            () => validator.ProbeAsync(A.Instance("nobody"), new("abcdefgh"), ProbeConnection.Shared, cancellationToken));
    }

    private sealed class RetiredProvider : IKeyProvider, IUnprobedProvider
    {
        private readonly TinyProvider _tiny = new();

        public string Kind => "retired";

        public ProviderProfile Profile => _tiny.Profile;

        public HttpRequestMessage CreateProbe(SecretValue key, ProviderInstance instance) => _tiny.CreateProbe(key, instance);

        public ProbeVerdict Classify(ProbeAnswer answer) => _tiny.Classify(answer);

        public ProbeVerdict? VerdictFor(ProviderInstance instance) => ProbeVerdict.Inconclusive(VerdictReason.Retired);
    }
}

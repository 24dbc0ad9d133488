using KeyRotator.Keys;
using KeyRotator.Providers;
using KeyRotator.Tests.Contracts;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Providers;

public sealed class ElevenLabsProviderTests : KeyProviderContract
{
    private const string Docs = "elevenlabs-docs error-messages.mdx, 2026-08";

    public override IKeyProvider Provider { get; } = new ElevenLabsProvider();

    protected override string ProbeUrl => "https://api.elevenlabs.io/v1/user/subscription";

    protected override string KeyHeader => "xi-api-key";

    protected override IReadOnlyList<ProbeRow> Rows =>
    [
        ProbeRow.Ok("subscription", """{"tier":"free","character_count":10,"character_limit":10000}""", "elevenlabs-python, 2026-08"),
        ProbeRow.Rejected("bad key", 401, Error("invalid_api_key"), VerdictReason.Invalid, "danielmiessler/LifeOS issue 667, 2026-08"),
        ProbeRow.Accepted(
            "permission", 401, Error("missing_permissions"), VerdictReason.Restricted,
            "trufflehog elevenlabs analyzer, 2026-08"),
        ProbeRow.Accepted("quota", 401, Error("quota_exceeded"), VerdictReason.NoFunds, Docs),
        ProbeRow.Accepted("quota as 400", 400, Error("quota_exceeded"), VerdictReason.NoFunds, Docs),
        ProbeRow.Inconclusive("busy", 429, Error("system_busy"), VerdictReason.ProviderError, Docs),
        ProbeRow.Inconclusive("throttled", 429, Error("too_many_concurrent_requests"), VerdictReason.Throttled, Docs),
    ];

    [Theory]
    [InlineData("us", "https://api.us.elevenlabs.io/v1/user/subscription")]
    [InlineData("eu", "https://api.eu.residency.elevenlabs.io/v1/user/subscription")]
    [InlineData("in", "https://api.in.residency.elevenlabs.io/v1/user/subscription")]
    [InlineData("SG", "https://api.sg.residency.elevenlabs.io/v1/user/subscription")]
    public void CreateProbe_Region_ChoosesTheHost(string region, string url)
    {
        using var request = Provider.CreateProbe(MadeUpKey(), Instance with { Region = region });

        request.RequestUri!.AbsoluteUri.ShouldBe(url);
    }

    [Fact]
    public void VerdictFor_UnknownRegion_IsAWrongEndpoint() =>
        (new ElevenLabsProvider().VerdictFor(Instance with { Region = "mars" })?.Reason).ShouldBe(VerdictReason.WrongEndpoint);

    private static string Error(string status) => $$$"""{"detail":{"status":"{{{status}}}","message":"…"}}""";
}

using KeyRotator.Keys;
using KeyRotator.Providers;
using KeyRotator.Tests.Contracts;
using KeyRotator.Tests.Support;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Providers;

public sealed class AnyscaleProviderTests : KeyProviderContract
{
    public override IKeyProvider Provider { get; } = new AnyscaleProvider();

    protected override string ProbeUrl => "https://svc.anyscale.example/v1/models";

    protected override ProviderInstance Instance => A.Instance("anyscale", new Uri("https://svc.anyscale.example/v1"));

    protected override IReadOnlyList<ProbeRow> Rows =>
    [
        ProbeRow.Ok("list of a deployment", """{"object":"list","data":[{"id":"m"}]}""", "OpenAI's shape, 2026-08"),
        ProbeRow.Rejected(
            "bad key of a deployment", 401, """{"error":{"message":"…","code":"invalid_api_key"}}""", VerdictReason.Invalid,
            "OpenAI's shape, 2026-08"),
        ProbeRow.Inconclusive(
            "anything from the old host", 401, """{"error":{"message":"…","code":"invalid_api_key"}}""", VerdictReason.Retired,
            "docs.anyscale.com, 2026-08") with
        {
            Instance = A.Instance("anyscale", new Uri("https://api.endpoints.anyscale.com/v1")),
        },
    ];

    [Theory]
    [InlineData(null)]
    [InlineData("https://api.endpoints.anyscale.com/v1")]
    public void VerdictFor_PublicEndpoints_IsRetired(string? baseUrl)
    {
        var instance = A.Instance("anyscale", baseUrl is null ? null : new Uri(baseUrl));
        var verdict = new AnyscaleProvider().VerdictFor(instance).ShouldNotBeNull();

        (verdict.Verdict, verdict.Reason).ShouldBe((Verdict.Inconclusive, VerdictReason.Retired));
        verdict.Hint.ShouldNotBeNull().ShouldContain("2024-08-01");
    }

    [Fact]
    public void VerdictFor_OwnDeployment_NeedsAProbe() => new AnyscaleProvider().VerdictFor(Instance).ShouldBeNull();
}

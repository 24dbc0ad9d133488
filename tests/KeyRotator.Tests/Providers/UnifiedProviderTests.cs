using KeyRotator.Keys;
using KeyRotator.Providers;
using KeyRotator.Tests.Contracts;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Providers;

public sealed class UnifiedProviderTests : KeyProviderContract
{
    public override IKeyProvider Provider { get; } = new UnifiedProvider();

    protected override string ProbeUrl => "https://api.unified.to/unified/connection?limit=1";

    protected override IReadOnlyList<string> PublicLists => ["https://api.unified.to/unified/integration"];

    protected override IReadOnlyList<ProbeRow> Rows =>
    [
        ProbeRow.Ok("connections", """[{"id":"c1","integration_type":"openai"}]""", "unified-csharp-sdk Connection.cs, 2026-08"),
        ProbeRow.Ok("no connection yet", "[]", "unified-csharp-sdk Connection.cs, 2026-08"),
        ProbeRow.Rejected(
            "bad key", 401, """{"message":"Unauthorized"}""", VerdictReason.Invalid,
            "unconfirmed") with { IsTransient = true, NeedsKnownPlace = true },
        ProbeRow.Inconclusive("another 401", 401, """{"message":"The connection was paused"}""", VerdictReason.UnexpectedBody, "own rule"),
    ];

    [Theory]
    [InlineData("eu", "https://api-eu.unified.to/unified/connection?limit=1")]
    [InlineData("AU", "https://api-au.unified.to/unified/connection?limit=1")]
    [InlineData("us", "https://api.unified.to/unified/connection?limit=1")]
    public void CreateProbe_Region_ChoosesTheHost(string region, string url)
    {
        using var request = Provider.CreateProbe(MadeUpKey(), Instance with { Region = region });

        request.RequestUri!.AbsoluteUri.ShouldBe(url);
    }

    [Fact]
    public void VerdictFor_UnknownRegion_IsAWrongEndpoint() =>
        (new UnifiedProvider().VerdictFor(Instance with { Region = "mars" })?.Reason).ShouldBe(VerdictReason.WrongEndpoint);
}

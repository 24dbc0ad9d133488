using KeyRotator.Keys;
using KeyRotator.Providers;
using KeyRotator.Tests.Contracts;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Providers;

public sealed class VoyageProviderTests : KeyProviderContract
{
    public override IKeyProvider Provider { get; } = new VoyageProvider();

    protected override string ProbeUrl => "https://api.voyageai.com/v1/files";

    protected override IReadOnlyList<ProbeRow> Rows =>
    [
        ProbeRow.Ok("files", """{"object":"list","data":[]}""", "praetorian-inc/titus voyage rule, 2026-08"),
        ProbeRow.Rejected(
            "bad key", 401, """{"detail":"Provided API key is invalid."}""", VerdictReason.Invalid,
            "voyageai-python api_requestor.py, 2026-08; text unconfirmed") with { IsTransient = true },
        ProbeRow.Inconclusive(
            "Atlas key at Voyage", 401, """{"detail":"Provided API key is invalid."}""", VerdictReason.WrongEndpoint,
            "voyageai-python util.py, 2026-08") with
        {
            Format = "atlas",
            Instance = new ProviderInstance { Name = "v", Kind = "voyage", BaseUrl = new Uri("https://api.voyageai.com/v1") },
        },
        ProbeRow.Inconclusive(
            "Voyage key at Atlas", 401, """{"detail":"Provided API key is invalid."}""", VerdictReason.WrongEndpoint,
            "voyageai-python util.py, 2026-08") with
        {
            Instance = new ProviderInstance { Name = "v", Kind = "voyage", BaseUrl = new Uri("https://ai.mongodb.com/v1") },
        },
        ProbeRow.Inconclusive(
            "malformed", 422, """{"detail":"…"}""", VerdictReason.UnexpectedBody,
            "voyageai-python api_requestor.py, 2026-08"),
    ];

    [Fact]
    public void CreateProbe_AtlasKey_GoesToMongoDb()
    {
        using var request = Provider.CreateProbe(MadeUpKey("atlas"), Instance);

        request.RequestUri!.AbsoluteUri.ShouldBe("https://ai.mongodb.com/v1/files");
    }
}

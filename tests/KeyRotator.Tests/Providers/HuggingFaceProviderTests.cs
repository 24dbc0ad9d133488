using KeyRotator.Keys;
using KeyRotator.Providers;
using KeyRotator.Tests.Contracts;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Providers;

public sealed class HuggingFaceProviderTests : KeyProviderContract
{
    private const string Me = """{"type":"user","name":"jane","fullname":"Jane","email":"jane@example.org","orgs":[],"auth":{"type":"access_token","accessToken":{"displayName":"ci","role":"read"}}}""";

    public override IKeyProvider Provider { get; } = new HuggingFaceProvider();

    protected override string ProbeUrl => "https://huggingface.co/api/whoami-v2";

    protected override IReadOnlyList<string> PublicLists => ["https://huggingface.co/api/models"];

    protected override IReadOnlyList<ProbeRow> Rows =>
    [
        ProbeRow.Ok("record", Me, "trufflehog huggingface analyzer, 2026-08"),
        ProbeRow.Rejected(
            "bad token", 401, """{"error":"Invalid credentials in Authorization header"}""", VerdictReason.Invalid,
            "huggingface_hub issue 3368, 2026-08") with { IsTransient = true },
        ProbeRow.Rejected(
            "expired", 401, """{"error":"Access token expired"}""", VerdictReason.Expired,
            "betterleaks huggingface.go, 2026-08") with { IsTransient = true },
        ProbeRow.Inconclusive(
            "another 401", 401, """{"error":"Repository not found"}""", VerdictReason.UnexpectedBody,
            "huggingface_hub utils/_http.py, 2026-08"),
        ProbeRow.Inconclusive(
            "throttled", 429, """{"error":"We had to rate limit you"}""", VerdictReason.Throttled,
            "autotrain issue 874, 2026-08"),
    ];

    [Fact]
    public void Classify_Record_KeepsNothingOfThePerson()
    {
        var verdict = ClassifyOk(Me);

        verdict.Account.ShouldBeNull();
        verdict.ToString().ShouldNotContain("jane", Case.Insensitive);
    }
}

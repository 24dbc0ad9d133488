using KeyRotator.Keys;
using KeyRotator.Providers;
using KeyRotator.Tests.Contracts;
using KeyRotator.Tests.Support;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Providers;

public sealed class NvidiaProviderTests : KeyProviderContract
{
    private const string BadKey =
        """{"requestStatus":{"statusCode":"UNAUTHORIZED","statusDescription":"Invalid API key.","requestId":"1"}}""";

    public override IKeyProvider Provider { get; } = new NvidiaProvider();

    protected override string ProbeUrl => "https://api.ngc.nvidia.com/v3/keys/get-caller-info";

    protected override string? KeyHeader => null;

    protected override IReadOnlyList<string> PublicLists => ["https://integrate.api.nvidia.com/v1/models"];

    protected override IReadOnlyList<ProbeRow> Rows =>
    [
        ProbeRow.Ok(
            "caller", """{"requestStatus":{"statusCode":"SUCCESS"},"type":"PERSONAL_KEY","orgName":"0123","user":{"email":"jane@example.org"}}""",
            "published client notes, 2026-09"),
        ProbeRow.Rejected("bad key", 401, BadKey, VerdictReason.Invalid, "published adapter, 2026-09") with { IsTransient = true },
        ProbeRow.Rejected(
            "bad key, short", 401, """{"message":"Invalid API key."}""", VerdictReason.Invalid,
            "published adapter, 2026-09") with { IsTransient = true },
        ProbeRow.Inconclusive(
            "another 401", 401, """{"requestStatus":{"statusCode":"UNAUTHORIZED","statusDescription":"Session ended"}}""", VerdictReason.UnexpectedBody,
            "own rule"),
    ];

    [Fact]
    public void Classify_401ForALegacyKey_IsInconclusive()
    {
        using var answer = Answer.Of(401, BadKey, Instance);

        Provider.Classify(answer).Reason.ShouldBe(VerdictReason.WrongEndpoint);
    }

    [Fact]
    public void Classify_Caller_NamesTheOrganizationOnly()
    {
        var verdict = Classify(Rows[0], Rows[0].Body);

        verdict.Account.ShouldBe("0123");
        verdict.ToString().ShouldNotContain("jane");
    }
}

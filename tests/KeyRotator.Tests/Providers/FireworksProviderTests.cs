using KeyRotator.Keys;
using KeyRotator.Providers;
using KeyRotator.Tests.Contracts;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Providers;

public sealed class FireworksProviderTests : KeyProviderContract
{
    private const string Sdk = "fw-ai-external/python-sdk, 2026-08";

    public override IKeyProvider Provider { get; } = new FireworksProvider();

    protected override string ProbeUrl => "https://api.fireworks.ai/v1/accounts?pageSize=1";

    protected override IReadOnlyList<ProbeRow> Rows =>
    [
        ProbeRow.Ok("account", Account("UNSUSPENDED"), Sdk),
        ProbeRow.Accepted("payment failed", 200, Account("FAILED_PAYMENTS"), VerdictReason.NoFunds, Sdk),
        ProbeRow.Accepted("credit used up", 200, Account("CREDIT_DEPLETED"), VerdictReason.NoFunds, Sdk),
        ProbeRow.Accepted("monthly limit", 200, Account("MONTHLY_SPEND_LIMIT_EXCEEDED"), VerdictReason.NoFunds, Sdk),
        ProbeRow.Rejected("abuse", 200, Account("BLOCKED_BY_ABUSE_RULE"), VerdictReason.AccountBlocked, Sdk),
        ProbeRow.Accepted(
            "suspended", 412, """{"error":{"message":"Account x is suspended.","code":"PRECONDITION_FAILED","type":"error"}}""", VerdictReason.NoFunds,
            "amd/gaia issue 3766, 2026-08"),
        ProbeRow.Rejected(
            "bad key", 401, """{"error":{"message":"Unauthorized"}}""", VerdictReason.Invalid,
            "unconfirmed") with { IsTransient = true },
    ];

    [Fact]
    public void Classify_Account_KeepsNoName() => ClassifyOk(Account("UNSUSPENDED")).ToString().ShouldNotContain("jane");

    private static string Account(string suspendState) =>
        $$"""{"accounts":[{"name":"accounts/jane-1","email":"jane@example.org","state":"READY","suspendState":"{{suspendState}}"}]}""";
}

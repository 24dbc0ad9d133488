using KeyRotator.Keys;
using KeyRotator.Providers;
using KeyRotator.Tests.Contracts;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Providers;

public sealed class ReplicateProviderTests : KeyProviderContract
{
    public override IKeyProvider Provider { get; } = new ReplicateProvider();

    protected override string ProbeUrl => "https://api.replicate.com/v1/account";

    protected override IReadOnlyList<ProbeRow> Rows =>
    [
        ProbeRow.Ok(
            "account", """{"type":"user","username":"jane","name":"Jane","github_url":"https://github.com/jane"}""",
            "replicate-python client.py, 2026-08"),
        ProbeRow.Rejected(
            "bad token", 401, """{"title":"Unauthenticated","detail":"You did not pass a valid authentication token","status":401}""", VerdictReason.Invalid,
            "replicate-python tests, 2026-08"),
        ProbeRow.Accepted(
            "no credit", 402, """{"title":"Insufficient credit","detail":"…","status":402}""", VerdictReason.NoFunds,
            "unconfirmed"),
    ];

    [Fact]
    public void Classify_Account_KeepsNoName() => Classify(Rows[0], Rows[0].Body).ToString().ShouldNotContain("jane", Case.Insensitive);
}

using KeyRotator.Keys;
using KeyRotator.Providers;
using KeyRotator.Tests.Contracts;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Providers;

public sealed class XaiProviderTests : KeyProviderContract
{
    private const string Debugging = "docs.x.ai/developers/debugging, 2026-08";

    public override IKeyProvider Provider { get; } = new XaiProvider();

    protected override string ProbeUrl => "https://api.x.ai/v1/api-key";

    protected override IReadOnlyList<ProbeRow> Rows =>
    [
        Record("record", "false", "false", "false", Verdict.Accepted, VerdictReason.Ok),
        Record("team blocked", "true", "false", "false", Verdict.Rejected, VerdictReason.AccountBlocked),
        Record("key blocked", "false", "true", "false", Verdict.Rejected, VerdictReason.Invalid),
        Record("key disabled", "false", "false", "true", Verdict.Rejected, VerdictReason.Invalid),
        Record("flag of another type", "\"no\"", "false", "false", Verdict.Inconclusive, VerdictReason.UnexpectedBody),
        ProbeRow.Rejected(
            "bad key", 400, """{"code":"Client specified an invalid argument","error":"Incorrect API key provided: sk***YA. You can obtain an API key from https://console.x.ai."}""", VerdictReason.Invalid,
            "continuedev/continue issue 11412, 2026-08") with { IsTransient = true },
        ProbeRow.Rejected(
            "bad key as 401", 401, """{"code":"…","error":"Incorrect API key provided"}""", VerdictReason.Invalid,
            Debugging) with { IsTransient = true },
        ProbeRow.Inconclusive("another 400", 400, """{"code":"…","error":"Argument missing"}""", VerdictReason.UnexpectedBody, "own rule"),
        ProbeRow.Inconclusive(
            "management key", 400, """{"code":"…","error":"Incorrect API key provided"}""", VerdictReason.WrongEndpoint,
            "own rule: it is no API key") with { Format = "management" },
        ProbeRow.Accepted(
            "new team without credits", 403, """{"code":"…","error":"Your newly created team doesn't have any credits or licenses yet."}""", VerdictReason.NoFunds,
            "continuedev/continue issue 12670, 2026-08"),
        ProbeRow.Inconclusive(
            "blocked or without permission", 403, """{"code":"…","error":"Your API key doesn't have permission or is blocked."}""", VerdictReason.UnexpectedBody,
            Debugging),
        ProbeRow.Accepted(
            "credits used up", 429, """{"code":"…","error":"Your team x has either used all available credits or reached its monthly spending limit."}""", VerdictReason.NoFunds,
            "continuedev/continue issue 10373, 2026-08"),
    ];

    [Fact]
    public void Classify_Record_NamesTheTeamAndNothingElse()
    {
        var verdict = Classify(Rows[0], Rows[0].Body);

        verdict.Account.ShouldBe("team-1");
        verdict.ToString().ShouldNotContain("b14o");
    }

    private static ProbeRow Record(string name, string team, string blocked, string disabled, Verdict verdict, VerdictReason reason) => new(
        name,
        200,
        $$"""{"redacted_api_key":"xai-...b14o","user_id":"u","name":"n","team_id":"team-1","team_blocked":{{team}},"api_key_blocked":{{blocked}},"api_key_disabled":{{disabled}}}""",
        verdict,
        reason,
        "xai-proto auth.proto, 2026-08");
}

using System.Text.Json;
using KeyRotator.Findings;
using KeyRotator.Keys;
using KeyRotator.State;
using KeyRotator.Tests.Support;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Cli;

public sealed class CheckCommandTests : IDisposable
{
    private readonly Canary _canary = new();
    private readonly Shell _shell = new();

    public CheckCommandTests()
    {
        _shell.Environment["MISTRAL_API_KEY"] = _canary.Text;
        Accept("MISTRAL_API_KEY");
    }

    public void Dispose() => _shell.Dispose();

    [Fact]
    public async Task Check_FromEnvironment_PrintsWhatThePassRecorded()
    {
        (await _shell.RunAsync("check", "--from-env")).ShouldBe(0);

        _shell.Out.ShouldBe("""
            KEY              PROVIDER  ENV  VERDICT   EXPIRES  CHECKED                        OWNER
            MISTRAL_API_KEY  mistral   -    Accepted  -        2026-11-21 10:00:00Z (0s ago)  -

            1 key: 1 accepted, 0 rejected, 0 inconclusive
            findings: 0 critical, 0 warning, 0 info

            """);
        _canary.ShouldBeAbsentFrom(_shell.Out + _shell.Error);
    }

    [Theory]
    [InlineData("critical", Severity.Warning, 0, "below the threshold")]
    [InlineData("critical", Severity.Critical, 3, "at the threshold")]
    [InlineData("warning", Severity.Warning, 3, "at the lower threshold")]
    [InlineData("none", Severity.Critical, 0, "what a CronJob uses")]
    public async Task Check_WithFindings_ExitsByThreshold(string failOn, Severity severity, int expected, string reason)
    {
        _shell.Pass.Finds(FindingSubject.Key("MISTRAL_API_KEY"), FindingReason.KeyRejected, severity);

        (await _shell.RunAsync("check", "--from-env", "--fail-on", failOn)).ShouldBe(expected, reason);
    }

    [Fact]
    public async Task Check_ProviderAtFault_IsShownAndCounted()
    {
        _shell.Pass.Finds(FindingSubject.Provider("mistral"), FindingReason.ProviderOutage, Severity.Critical, "Mistral does not answer.");

        (await _shell.RunAsync("check", "--from-env")).ShouldBe(3);

        _shell.Out.ShouldContain("CRITICAL  provider mistral: ProviderOutage, since 2026-11-21 10:00:00Z. Mistral does not answer.");
        _shell.Out.ShouldContain("findings: 1 critical");
    }

    [Fact]
    public async Task Check_OperatorNeeded_ExitsFour()
    {
        _shell.Pass.NeedsOperator = true;
        _shell.Pass.Finds(FindingSubject.Key("MISTRAL_API_KEY"), FindingReason.KeyRejected, Severity.Critical);

        (await _shell.RunAsync("check", "--from-env")).ShouldBe(4);
    }

    [Fact]
    public async Task Check_Json_IsTheContract()
    {
        _shell.Pass.Finds(FindingSubject.Key("MISTRAL_API_KEY"), FindingReason.KeyRejected, Severity.Critical);

        await _shell.RunAsync("check", "--from-env", "-o", "json");

        var document = JsonDocument.Parse(_shell.Out).RootElement;
        Json.Members(document).ShouldBe(["checkedAt", "keys", "findings", "summary"]);
        document.GetProperty("checkedAt").GetString().ShouldBe("2026-11-21T10:00:00Z");
        document.GetProperty("keys")[0].GetProperty("findings")[0].GetProperty("reason").GetString().ShouldBe("KeyRejected");
        document.GetProperty("summary").GetRawText().ShouldBe(
            """{"keys":1,"accepted":1,"rejected":0,"inconclusive":0,"findings":{"critical":1,"warning":0,"info":0}}""");
    }

    [Fact]
    public async Task Check_NamedKey_ChecksThatOneOnly()
    {
        _shell.Environment["OPENAI_API_KEY"] = "other";

        (await _shell.RunAsync("check", "MISTRAL_API_KEY", "--from-env", "--no-alerts")).ShouldBe(0);

        _shell.Pass.Request!.Keys!.ShouldHaveSingleItem().Id.Value.ShouldBe("MISTRAL_API_KEY");
        _shell.Pass.Request.SendAlerts.ShouldBeFalse();
        _shell.Out.ShouldNotContain("OPENAI_API_KEY");
    }

    [Fact]
    public async Task Check_NoKeyNamed_ChecksAll()
    {
        await _shell.RunAsync("check", "--from-env");

        _shell.Pass.Request!.Keys.ShouldBeNull();
        _shell.Pass.Request.SendAlerts.ShouldBeTrue();
    }

    [Fact]
    public async Task Check_UnknownKey_SuggestsTheNearest()
    {
        (await _shell.RunAsync("check", "MISTRAL_API_KYE", "--from-env")).ShouldBe(2);

        _shell.Error.ShouldBe("Unknown key 'MISTRAL_API_KYE'. Did you mean 'MISTRAL_API_KEY'?\n");
        _shell.Pass.Request.ShouldBeNull();
    }

    [Fact]
    public async Task Check_ConfigurationAndEnvironment_IsRefused()
    {
        (await _shell.RunAsync("check", "--from-env", "--config", "x.yaml")).ShouldBe(2);

        _shell.Error.ShouldStartWith("--from-env reads no configuration");
    }

    [Fact]
    public async Task Check_Interrupted_SaysWhatStands()
    {
        (await _shell.RunAsync(new CancellationToken(canceled: true), "check", "--from-env")).ShouldBe(1);

        _shell.Error.ShouldStartWith("Interrupted.");
    }

    [Fact]
    public async Task Check_CannotBeRecorded_ExitsOneWithOneLine()
    {
        _shell.Pass.Fault = new StateException("The disk is full: keyrotator.db could not be written.", null);

        (await _shell.RunAsync("check", "--from-env")).ShouldBe(1);

        _shell.Error.ShouldBe("The disk is full: keyrotator.db could not be written.\n");
    }

    [Fact]
    public async Task Check_Defect_ExitsOneWithoutStackTrace()
    {
        _shell.Pass.Fault = new InvalidOperationException("line one\n   at line two");

        (await _shell.RunAsync("check", "--from-env")).ShouldBe(1);

        _shell.Error.ShouldBe("Unexpected InvalidOperationException: line one\\u000a   at line two\n");
    }

    [Fact]
    public async Task Check_AlertsSent_AreCounted()
    {
        _shell.Pass.AlertsDelivered = 2;

        await _shell.RunAsync("check", "--from-env");

        _shell.Out.ShouldEndWith("alerts: 2 delivered, 0 waiting\n");
    }

    private void Accept(string id) => _shell.Pass.Statuses[id] = new KeyStatus
    {
        KeyId = KeyId.Parse(id),
        Provider = "mistral",
        Version = 1,
        Verdict = Verdict.Accepted,
        Reason = VerdictReason.Ok,
        HttpStatus = 200,
        CheckedAt = _shell.Clock.GetUtcNow(),
    };
}

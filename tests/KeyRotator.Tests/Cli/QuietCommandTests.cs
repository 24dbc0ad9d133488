using System.Text.Json;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Cli;

/// <summary>What operators say of alerts, as they type it and as they read it.</summary>
public sealed class QuietCommandTests
{
    private const string Open = "mistral-prod/KeyRejected";

    [Fact]
    public async Task Ack_Key_IsToldShownAndOnRecord()
    {
        await using var world = await QuietShell.StartAsync();

        var done = await world.RunAsync("alerts", "ack", "mistral-prod", "--for", "4h", "--reason", "OPS-7");

        (done.ExitCode, done.Error).ShouldBe((0, ""));
        done.Out.ShouldBe(
            $"acknowledged {Open} until 2026-11-21 14:00:00Z: nobody is reminded of it until then, unless it gets worse\n");
        (await world.RunAsync("status")).Out.ShouldContain("Acknowledged by ops@test until 2026-11-21 14:00:00Z: OPS-7.");
        (await world.RunAsync("keys", "show", "mistral-prod")).Out.ShouldContain("Acknowledged by ops@test until 2026-11-21 14:00:00Z");
        var finding = (await world.JsonAsync("status")).GetProperty("keys")[0].GetProperty("findings")[0];
        finding.GetProperty("acknowledgedBy").GetString().ShouldBe("ops@test");
        finding.GetProperty("acknowledgedUntil").GetString().ShouldBe("2026-11-21T14:00:00Z");
        finding.GetProperty("silencedUntil").ValueKind.ShouldBe(JsonValueKind.Null);
        var row = (await world.JsonAsync("audit", "list"))[0];
        (row.GetProperty("act").GetString(), row.GetProperty("target").GetString(), row.GetProperty("reason").GetString())
            .ShouldBe(("finding.acknowledged", "mistral-prod", "KeyRejected, until 2026-11-21 14:00:00 UTC: OPS-7"));

        (await world.RunAsync("alerts", "unack", Open)).Out.ShouldBe($"released {Open}: reminders go on\n");
        (await world.RunAsync("status")).Out.ShouldNotContain("Acknowledged");
        (await world.JsonAsync("audit", "list"))[0].GetProperty("act").GetString().ShouldBe("finding.released");
    }

    [Fact]
    public async Task Status_TimeIsOver_SaysNothingOfIt()
    {
        await using var world = await QuietShell.StartAsync();
        await world.RunAsync("alerts", "ack", Open, "--for", "4h");
        await world.RunAsync("alerts", "silence", "key=*", "--for", "4h", "--reason", "x");

        world.Shell.Clock.Advance(TimeSpan.FromHours(4));

        (await world.RunAsync("status")).Out.ShouldNotContain("ops@test");
        (await world.RunAsync("alerts", "silences")).Out.ShouldBe("Nothing is silenced.\n");
        (await world.RunAsync("alerts", "unsilence", "1")).Error
            .ShouldBe("Silence 1 is over since 2026-11-21 14:00:00Z.\nNothing was changed.\n");
    }

    [Theory]
    [InlineData(Open)]
    [InlineData("mistral-prod/keyrejected")]
    [InlineData("fnd")]
    public async Task Ack_AnyName_NamesWhoWasBefore(string name)
    {
        await using var world = await QuietShell.StartAsync();
        var id = (await world.JsonAsync("alerts", "ack", Open)).GetProperty("acknowledged")[0].GetString()!;
        id.ShouldStartWith("fnd_");

        var again = await world.RunAsync("alerts", "ack", name == "fnd" ? id : name, "--for", "30d");

        again.Out.ShouldContain("until 2026-12-21 10:00:00Z");
        again.Out.ShouldEndWith("unless it gets worse (before, by ops@test until 2026-11-22 10:00:00Z)\n");
    }

    [Theory]
    [InlineData("Unknown key or finding 'mistral-prd'. Did you mean 'mistral-prod'?", "mistral-prd")]
    [InlineData("Nothing is open about openai-ci.", "openai-ci")]
    [InlineData("No KeyExpired is open about mistral-prod.", "mistral-prod/KeyExpired")]
    [InlineData("Unknown reason 'KeyRejcted'. Did you mean 'KeyRejected'?", "mistral-prod/KeyRejcted")]
    [InlineData("No open finding has the id 'fnd_00': it may be over.", "fnd_00")]
    [InlineData("--for takes a span as in 30m, 4h or 7d, not 'soon'.", Open, "--for", "soon")]
    [InlineData("--for takes 5m to 30d, not '4m'", Open, "--for", "4m")]
    [InlineData("--for takes 5m to 30d, not '31d'", Open, "--for", "31d")]
    [InlineData("--reason takes one line of 1 to 200 characters; this has 0.", Open, "--reason", " ")]
    public async Task Ack_BadInput_IsOneSentenceAndChangesNothing(string sentence, params string[] arguments)
    {
        await using var world = await QuietShell.StartAsync();

        var refused = await world.RunAsync(["alerts", "ack", .. arguments]);

        (refused.ExitCode, refused.Out).ShouldBe((2, ""));
        refused.Error.ShouldContain(sentence);
        refused.Error.ShouldEndWith("Nothing was changed.\n");
        (await world.JsonAsync("audit", "list")).GetArrayLength().ShouldBe(0);
    }

    [Fact]
    public async Task Ack_SeveralFaults_AreSaidAtOnceAndNothingIsAcknowledged()
    {
        await using var world = await QuietShell.StartAsync();

        var refused = await world.RunAsync("alerts", "ack", Open, "nosuch", "openai-ci");

        refused.ExitCode.ShouldBe(2);
        refused.Error.ShouldContain("'nosuch'");
        refused.Error.ShouldContain("Nothing is open about openai-ci.");
        (await world.RunAsync("status")).Out.ShouldNotContain("Acknowledged");
        (await world.RunAsync("alerts", "unack", Open)).Error.ShouldBe($"{Open} is not acknowledged.\nNothing was changed.\n");
    }

    [Fact]
    public async Task Silence_Key_IsToldShownListedAndEnded()
    {
        await using var world = await QuietShell.StartAsync();

        var done = await world.RunAsync(
            "alerts", "silence", "key=mistral-*", "severity=critical", "--for", "4h", "--reason", "gateway moves");

        done.ExitCode.ShouldBe(0);
        done.Error.ShouldBe("Warning: silence 1 covers every critical finding that is open now (1).\n");
        done.Out.ShouldBe("""
            silence 1 until 2026-11-21 14:00:00Z: key=mistral-* severity=critical
            It covers 1 open finding; what is still open then is told:
              Critical KeyRejected: mistral-prod

            """);
        var text = "Silenced by ops@test until 2026-11-21 14:00:00Z (silence 1): gateway moves.";
        (await world.RunAsync("status")).Out.ShouldContain(text);
        (await world.RunAsync("keys", "show", "mistral-prod")).Out.ShouldContain(text);
        (await world.JsonAsync("status")).GetProperty("keys")[0].GetProperty("findings")[0].GetProperty("silencedUntil").GetString()
            .ShouldBe("2026-11-21T14:00:00Z");
        (await world.RunAsync("status")).ExitCode.ShouldBe(3, "a silence is no cure");
        (await world.RunAsync("alerts", "silences")).Out.ShouldBe("""
            ID  UNTIL                         MATCH                            BY        REASON
            1   2026-11-21 14:00:00Z (in 4h)  key=mistral-* severity=critical  ops@test  gateway moves

            """);

        (await world.RunAsync("alerts", "unsilence", "1")).Out
            .ShouldBe("ended silence 1: what waited for it and is still open is told with the next pass\n");
        (await world.RunAsync("alerts", "silences")).Out.ShouldBe("Nothing is silenced.\n");
        (await world.RunAsync("alerts", "silences", "--all")).Out.ShouldContain("ended 2026-11-21 10:00:00Z");
        (await world.RunAsync("alerts", "unsilence", "1", "7")).Error
            .ShouldBe("Silence 1 was ended by ops@test at 2026-11-21 10:00:00Z.\nThere is no silence 7.\nNothing was changed.\n");
        (await world.JsonAsync("audit", "list")).EnumerateArray().Select(row => row.GetProperty("act").GetString())
            .ShouldBe(["silence.ended", "silence.made"]);
    }

    [Fact]
    public async Task Silence_Json_HasTheContractsMembers()
    {
        await using var world = await QuietShell.StartAsync();

        var made = await world.JsonAsync("alerts", "silence", "severity!=info", "--for", "5m", "--reason", "x");

        string[] members = ["id", "match", "by", "reason", "since", "until", "endedAt", "endedBy", "isLive"];
        Json.Members(made).ShouldBe([.. members, "covered"]);
        Json.Members(made.GetProperty("covered")[0]).ShouldBe(["id", "severity", "reason", "subject"]);
        Json.Members((await world.JsonAsync("alerts", "silences"))[0]).ShouldBe(members);
        (await world.JsonAsync("alerts", "unsilence", "1")).GetProperty("ended")[0].GetInt64().ShouldBe(1);
        world.Last.Error.ShouldBe("");
    }

    [Fact]
    public async Task Silence_OfAllThatIsCritical_Warns()
    {
        await using var world = await QuietShell.StartAsync();

        var done = await world.RunAsync("alerts", "silence", "severity=critical", "--for", "1h", "--reason", "x");

        done.Error.ShouldBe("Warning: silence 1 covers every critical finding, also those to come.\n");
        var other = await world.RunAsync("alerts", "silence", "key=openai-ci", "--for", "1h", "--reason", "x");
        (other.Error, other.Out.Split('\n')[1])
            .ShouldBe(("", "It covers nothing that is open now; what comes to match is held back until then."));
    }

    [Fact]
    public async Task Silence_ManyFaults_AreSaidAtOnce()
    {
        await using var world = await QuietShell.StartAsync();

        var refused = await world.RunAsync(
            "alerts", "silence", "planet=mars", "reason=KeyRejcted", "key=a", "KEY=A", "key=b", "owner", "severity=fatal", "label.=x",
            "store=");

        (refused.ExitCode, refused.Out).ShouldBe((2, ""));
        refused.Error.ShouldBe("""
            Unknown member 'planet': known are key, provider, environment, owner, reason, severity, store, finding, label.NAME.
            Unknown reason 'KeyRejcted'. Did you mean 'KeyRejected'?
            'owner' is no match: write member=value or member!=value.
            Unknown severity 'fatal': known are info, warning and critical.
            label. wants the label's name, as in label.team=search.
            'store=' says nothing behind the sign.
            'key=A' stands twice.
            'key=a' and 'key=b' are never both met: make two silences.
            'key=A' and 'key=b' are never both met: make two silences.
            A silence without end is refused: say for how long, as in --for 4h (30d at most).
            Say why, as in --reason "maintenance of the gateway": whoever wonders later will ask.
            Nothing was changed.

            """);
        (await world.JsonAsync("alerts", "silences", "--all")).GetArrayLength().ShouldBe(0);
    }

    [Theory]
    [InlineData("a silence of everything is refused", "--for", "4h", "--reason", "x")]
    [InlineData("--for takes 5m to 30d, not '31d'", "key=a", "--for", "31d", "--reason", "x")]
    [InlineData("a * stands at the end only", "key=a*b", "--for", "4h", "--reason", "x")]
    public async Task Silence_BadInput_IsOneSentence(string sentence, params string[] arguments)
    {
        await using var world = await QuietShell.StartAsync();

        var refused = await world.RunAsync(["alerts", "silence", .. arguments]);

        refused.ExitCode.ShouldBe(2);
        refused.Error.ShouldContain(sentence);
    }

    [Fact]
    public async Task Texts_ThatCouldBeAKey_AreRefusedAndNotRepeated()
    {
        await using var world = await QuietShell.StartAsync();
        var canary = "sk-proj-" + new string('a', 20) + "T3BlbkFJ" + new string('b', 20);

        foreach (var arguments in (string[][])
            [
                ["alerts", "silence", $"key={canary}", "--for", "4h", "--reason", "x"],
                ["alerts", "silence", canary, $"{canary}=x", "--for", canary, "--reason", $"it is {canary}"],
                ["alerts", "ack", canary, $"{Open}/{canary}"],
                ["alerts", "ack", Open, "--reason", canary],
                ["alerts", "unsilence", canary],
                ["alerts", "preview", "--key", canary],
            ])
        {
            var refused = await world.RunAsync(arguments);

            refused.ExitCode.ShouldBe(2, string.Join(' ', arguments.Take(2)));
            (refused.Out + refused.Error).ShouldNotContain("aaaaaaaa");
        }
    }
}

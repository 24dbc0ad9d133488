using System.Text.Json;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Cli;

public sealed class KeysSuspendCommandTests
{
    [Fact]
    public async Task Suspend_Key_IsShownEverywhereAndResumes()
    {
        await using var world = await RotateWorld.StartAsync();
        await world.InstallAsync("mistral", ("local", "chat"));
        await world.RunAsync("check", "search", "chat");

        var done = await world.RunAsync("keys", "suspend", "chat", "search", "--reason", "vendor migrates", "--until", "2026-12-01T08:00Z");

        (done.ExitCode, done.Error).ShouldBe((0, ""));
        done.Out.ShouldBe("""
            suspended search until 2026-12-01 08:00:00Z: it is not probed and alerts nobody
            suspended chat until 2026-12-01 08:00:00Z: it is not probed and alerts nobody

            """);
        var line = "by ops@test since 2026-11-21 10:00:00Z";
        foreach (var verb in (string[][])[["status", "chat"], ["check", "chat"], ["keys", "show", "chat"], ["keys", "list"]])
        {
            var shown = (await world.RunAsync(verb)).Out;
            shown.ShouldContain("by ops@test since 2026-11-21", customMessage: string.Join(' ', verb) + line);
            shown.ShouldContain("vendor migrates");
            shown.ShouldContain("until 2026-12-01 08:00:00Z");
        }

        (await world.RunAsync("keys", "resume", "chat", "search")).Out
            .ShouldBe("resumed search: the next pass probes it\nresumed chat: the next pass probes it\n");
        (await world.RunAsync("keys", "list")).Out.ShouldNotContain("suspended");
        (await world.RunAsync("check", "chat")).Out.ShouldContain("Accepted");
    }

    [Fact]
    public async Task Suspend_Json_HasTheContractsMembers()
    {
        await using var world = await RotateWorld.StartAsync();
        await world.RunAsync("check", "search");

        var done = await world.RunAsync("keys", "suspend", "search", "--reason", "why", "--until", "4h", "-o", "json");

        var first = JsonDocument.Parse(done.Out).RootElement.GetProperty("suspended")[0];
        Json.Members(first).ShouldBe(["id", "suspension", "openRotation"]);
        string[] members = ["byConfiguration", "by", "since", "reason", "until"];
        Json.Members(first.GetProperty("suspension")).ShouldBe(members);
        var status = JsonDocument.Parse((await world.RunAsync("status", "search", "-o", "json")).Out).RootElement.GetProperty("keys")[0];
        (status.GetProperty("state").GetString(), status.GetProperty("suspension").GetProperty("reason").GetString())
            .ShouldBe(("Suspended", "why"));
        var shown = JsonDocument.Parse((await world.RunAsync("keys", "show", "search", "-o", "json")).Out).RootElement;
        var moves = shown.GetProperty("versions")[0].GetProperty("transitions");
        moves.EnumerateArray().Select(move => move.GetProperty("to").GetString()).ShouldBe(["Active", "Suspended"]);
        Json.Members(moves[0]).ShouldBe(["from", "to", "at", "by", "reason"]);
        JsonDocument.Parse((await world.RunAsync("keys", "resume", "search", "-o", "json")).Out).RootElement
            .GetProperty("resumed")[0].GetString().ShouldBe("search");
    }

    [Theory]
    [InlineData("Unknown key 'nosuch'", "keys", "suspend", "nosuch", "--reason", "x")]
    [InlineData("--reason takes one line of 1 to 200 characters; this has 0.", "keys", "suspend", "search", "--reason", " ")]
    [InlineData("--reason takes one line of 1 to 200 characters", "keys", "suspend", "search", "--reason", "a\nb")]
    [InlineData("Option '--reason' is required", "keys", "suspend", "search")]
    [InlineData("--until takes a day as in 2027-01-31", "keys", "suspend", "search", "--reason", "x", "--until", "soon")]
    [InlineData("--until 2026-11-20 is not in the future", "keys", "suspend", "search", "--reason", "x", "--until", "2026-11-20")]
    [InlineData("--until 0s is not in the future", "keys", "suspend", "search", "--reason", "x", "--until", "0s")]
    [InlineData("Key search is not suspended.", "keys", "resume", "search")]
    [InlineData("Key held is suspended by the configuration: take `suspended: true` out there.", "keys", "resume", "held")]
    [InlineData("Key held is suspended by the configuration already", "keys", "suspend", "held", "chat", "--reason", "x")]
    public async Task Act_BadInput_IsOneSentenceAndChangesNothing(string sentence, params string[] arguments)
    {
        await using var world = await RotateWorld.StartAsync();
        world.Write("keyrotator.yaml", File.ReadAllText(world.PathOf("keyrotator.yaml"))
            + "\n  held: { provider: mistral, suspended: true, locations: [{ store: local, name: held }] }\n");

        var refused = await world.RunAsync(arguments);

        (refused.ExitCode, refused.Out).ShouldBe((2, ""));
        refused.Error.ShouldContain(sentence);
        (await world.RunAsync("audit", "list", "-o", "json")).Out.Trim().ShouldBe("[]");
    }

    [Fact]
    public async Task Suspend_HeldAlready_NamesWhoHoldsIt()
    {
        await using var world = await RotateWorld.StartAsync();
        await world.RunAsync("keys", "suspend", "search", "--reason", "first");

        var refused = await world.RunAsync("keys", "suspend", "chat", "search", "--reason", "second");

        refused.ExitCode.ShouldBe(2);
        refused.Error.ShouldContain("Key search is suspended already, by ops@test since 2026-11-21");
        (await world.RunAsync("keys", "resume", "chat")).ExitCode.ShouldBe(2);
    }

    [Fact]
    public async Task Suspend_AKeyForAReason_IsRefusedAndNotRepeated()
    {
        await using var world = await RotateWorld.StartAsync();
        var canary = "sk-proj-" + new string('a', 20) + "T3BlbkFJ" + new string('b', 20);

        var refused = await world.RunAsync("keys", "suspend", "search", "--reason", $"replaces {canary}");

        refused.ExitCode.ShouldBe(2);
        (refused.Error + refused.Out).ShouldNotContain("aaaaaaaa");
        refused.Error.ShouldContain("could be a key");
    }

    [Fact]
    public async Task Suspend_ConfigurationHoldsItLater_ResumeSaysThatItStays()
    {
        await using var world = await RotateWorld.StartAsync();
        await world.RunAsync("check", "search");
        await world.RunAsync("keys", "suspend", "search", "--reason", "x");
        var file = File.ReadAllText(world.PathOf("keyrotator.yaml"));
        world.Write("keyrotator.yaml", file.Replace("search: { provider", "search: { suspended: true, provider", StringComparison.Ordinal));

        (await world.RunAsync("keys", "resume", "search")).Out
            .ShouldBe("resumed search; it stays suspended by the configuration (`suspended: true`)\n");

        (await world.RunAsync("keys", "list")).Out.ShouldContain("suspended  search: by the configuration");
    }

    [Fact]
    public async Task Suspend_KeyWithAnOpenRotation_LeavesTheRotationToGoOn()
    {
        await using var world = await RotateWorld.StartAsync();
        await world.RunAsync("check", "search");
        await world.RunAsync($"{world.Issue()}\n", ["rotate", "search", "--grace", "0s"]);

        var done = await world.RunAsync("keys", "suspend", "search", "--reason", "x");

        done.Out.ShouldContain("its rotation 1 goes on, with its own alerts: keyrotator rotations show 1");
        world.Revoke(world.Old);
        await world.RunAsync("rotations", "revoked", "1");
        (await world.CheckUntilAsync(KeyRotator.Keys.RotationPhase.OldKeyDead)).Id.ShouldBe(1);
    }
}

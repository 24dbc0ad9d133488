using System.Text.Json;
using KeyRotator.Keys;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Cli;

/// <summary><c>rotations</c>: what an operator sees of a rotation, and decides about it.</summary>
public sealed class RotationsCommandTests
{
    [Fact]
    public async Task List_OpenOne_HasItsRow()
    {
        await using var world = await OpenAsync();

        var printed = await world.RunAsync("rotations", "list");

        printed.ExitCode.ShouldBe(0);
        printed.Out.ShouldContain("search");
        printed.Out.ShouldContain("Overlap");
    }

    [Fact]
    public async Task List_EndedOne_IsThereWithAll()
    {
        await using var world = await OpenAsync();
        await world.RunAsync("rotations", "abandon", "1");

        (await world.RunAsync("rotations", "list")).Out.ShouldNotContain("search");
        (await world.RunAsync("rotations", "list", "--all")).Out.ShouldContain("Abandoned");
    }

    [Fact]
    public async Task KeyIsNotConfiguredAnyMore_IsSaidEverywhereAndAbandonWorks()
    {
        await using var world = await OpenAsync();
        var lines = await File.ReadAllLinesAsync(world.PathOf("keyrotator.yaml"), TestContext.Current.CancellationToken);
        world.Write("keyrotator.yaml", string.Join('\n', lines.Where(line => !line.Contains("search:"))));

        (await world.RunAsync("rotations", "list")).Out.ShouldContain("waits for you");
        (await world.RunAsync("rotations", "show", "1")).Out.ShouldContain(
            "It waits for you: key search is not in the configuration any more");
        var resumed = await world.RunAsync("rotations", "resume", "1");
        resumed.ExitCode.ShouldBe(2);
        resumed.Error.ShouldContain("`keyrotator rotations abandon 1`. Nothing was changed.");
        var abandoned = await world.RunAsync("rotations", "abandon", "1");
        abandoned.ExitCode.ShouldBe(0, abandoned.Error);
        abandoned.Out.ShouldContain("It ended as Abandoned: Given up: the new key is at local:search, other:search; not at none.");
        (await world.RunAsync("rotations", "list")).Out.ShouldNotContain("search");
    }

    [Fact]
    public async Task Show_Text_TellsStoryLocationsAndWhatIsNext()
    {
        await using var world = await OpenAsync();

        var printed = await world.RunAsync("rotations", "show", "1");

        printed.ExitCode.ShouldBe(0);
        printed.Out.ShouldContain("local:search  Done");
        printed.Out.ShouldContain("ops@test: Handed in a replacement");
        printed.Out.ShouldContain("keyrotator rotations revoked 1");
    }

    [Fact]
    public async Task Recover_NothingLeft_SaysSo()
    {
        await using var world = await OpenAsync();

        var printed = await world.RunAsync("rotations", "recover");

        (printed.ExitCode, printed.Out).ShouldBe((0, "No rotation left anything in the stores.\n"));
        (await world.RunAsync("rotations", "recover", "-o", "json")).Out.Trim().ShouldBe("[]");
    }

    [Theory]
    [InlineData("There is no store 'nowhere'", "--store", "nowhere")]
    [InlineData("There is no store 'nowhere'", "--close", "nowhere", "llm", "--yes")]
    [InlineData("No rotation left anything at", "--close", "local", "search", "--yes")]
    public async Task Recover_BadInput_IsOneClearError(string expected, params string[] arguments)
    {
        await using var world = await OpenAsync();

        var printed = await world.RunAsync(["rotations", "recover", .. arguments]);

        printed.ExitCode.ShouldBe(2);
        printed.Error.ShouldContain(expected);
    }

    [Fact]
    public async Task Show_Json_HasTheStoryAndWhatIsNext()
    {
        await using var world = await OpenAsync();

        using var shown = JsonDocument.Parse((await world.RunAsync("rotations", "show", "1", "-o", "json")).Out);

        Json.Members(shown.RootElement).TakeLast(3).ShouldBe(["locations", "story", "next"]);
        var first = shown.RootElement.GetProperty("story")[0];
        Json.Members(first).ShouldBe(["at", "actor", "what"]);
        first.GetProperty("what").GetString()!.ShouldStartWith("Handed in a replacement");
        shown.RootElement.GetProperty("next").GetArrayLength().ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task Show_KeyIsConfiguredNoMore_StillTells()
    {
        await using var world = await OpenAsync();
        var yaml = await File.ReadAllTextAsync(world.PathOf("keyrotator.yaml"), TestContext.Current.CancellationToken);
        world.Write("keyrotator.yaml", yaml.With("  search: {", "  renamed: {"));

        var printed = await world.RunAsync("rotations", "show", "1", "-o", "json");

        printed.ExitCode.ShouldBe(0);
        printed.Lines[0].GetProperty("key").GetString().ShouldBe("search");
        var act = await world.RunAsync("rotations", "resume", "1");
        act.ExitCode.ShouldBe(2);
        act.Error.ShouldContain("is not in the configuration any more");
    }

    [Fact]
    public async Task RollBack_OldKeyAlive_PutsItBackEverywhere()
    {
        await using var world = await OpenAsync();

        var printed = await world.RunAsync("rotations", "rollback", "1", "-o", "json");

        printed.ExitCode.ShouldBe(0, printed.Error);
        printed.Lines[^1].GetProperty("phase").GetString().ShouldBe("RolledBack");
        (await world.ReadAsync("local", "search")).ShouldBe(world.Old);
        (await world.ReadAsync("other", "search")).ShouldBe(world.Old);
    }

    [Fact]
    public async Task RollBack_Done_LeavesTheKeyReadyForAnotherReplacement()
    {
        await using var world = await OpenAsync();
        await world.RunAsync("rotations", "rollback", "1");

        var printed = await world.RunAsync(world.Issue(), ["rotate", "search"]);

        printed.ExitCode.ShouldBe(0, printed.Error);
    }

    [Fact]
    public async Task RollBack_OldKeyDeadMeanwhile_IsRefused()
    {
        await using var world = await OpenAsync();
        var current = await world.ReadAsync("local", "search");
        world.Revoke(world.Old);

        var printed = await world.RunAsync("rotations", "rollback", "1");

        printed.ExitCode.ShouldBe(2);
        printed.Error.ShouldContain("The old key cannot be put back");
        (await world.ReadAsync("local", "search")).ShouldBe(current);
    }

    [Fact]
    public async Task Close_OnAnOperatorsWord_IsNeverCountedAsProven()
    {
        await using var world = await OpenAsync();

        var printed = await world.RunAsync("rotations", "close", "1", "--revoked", "-o", "json");

        printed.ExitCode.ShouldBe(0, printed.Error);
        printed.Lines[^1].GetProperty("phase").GetString().ShouldBe("Unproven");
    }

    [Fact]
    public async Task Close_WithoutTheWord_IsAUsageError()
    {
        await using var world = await OpenAsync();

        (await world.RunAsync("rotations", "close", "1")).ExitCode.ShouldBe(2);
    }

    [Fact]
    public async Task Revoked_ProviderSaysSoThreeTimes_IsProven()
    {
        await using var world = await OpenAsync();
        world.Revoke(world.Old);
        await world.RunAsync("rotations", "revoked", "1");

        var rotation = await world.CheckUntilAsync(RotationPhase.OldKeyDead);

        rotation.Death.Rejections.ShouldBe(3);
        (await world.RunAsync("rotations", "show", "1")).Out.ShouldContain("proven dead");
    }

    [Fact]
    public async Task Resume_AdoptAndOverwriteAtOnce_IsAUsageError()
    {
        await using var world = await OpenAsync();

        var printed = await world.RunAsync("rotations", "resume", "1", "--adopt", "--overwrite");

        printed.ExitCode.ShouldBe(2);
        printed.Error.ShouldContain("Either --adopt or --overwrite");
    }

    [Fact]
    public async Task Resume_AnotherValueThanTheFirst_IsRefused()
    {
        await using var world = await OpenAsync();

        var printed = await world.RunAsync(world.Issue(), ["rotations", "resume", "1", "--value"]);

        printed.ExitCode.ShouldBe(2);
        printed.Error.ShouldContain("another value than the one this rotation began with");
    }

    private static async Task<RotateWorld> OpenAsync()
    {
        var world = await RotateWorld.StartAsync();
        (await world.RunAsync(world.Issue(), ["rotate", "search"])).ExitCode.ShouldBe(0);
        return world;
    }
}

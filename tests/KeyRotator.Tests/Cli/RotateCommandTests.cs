using Shouldly;
using Xunit;
using static KeyRotator.Tests.Cli.RotateWorld;

namespace KeyRotator.Tests.Cli;

/// <summary><c>rotate</c> as an operator uses it.</summary>
public sealed class RotateCommandTests
{
    [Fact]
    public async Task Rotate_GoodValue_IsInPlaceEverywhereAndSaysWhatIsNext()
    {
        await using var world = await StartAsync();
        var value = world.Issue();

        var printed = await world.RunAsync($"{value}\n", ["rotate", "search", "--expires", "2027-01-31"]);

        printed.ExitCode.ShouldBe(0, printed.Error);
        printed.Error.ShouldNotContain("expires");
        (await world.ReadAsync("local", "search")).ShouldBe(value);
        (await world.ReadAsync("other", "search")).ShouldBe(value);
        printed.Out.ShouldContain("Rotation 1 of search: ");
        printed.Out.ShouldContain("live everywhere");
        printed.Out.ShouldContain("keyrotator rotations revoked 1");
    }

    [Fact]
    public async Task Rotate_Json_IsADocumentALineAndTheLastOneIsTheRotation()
    {
        await using var world = await StartAsync();

        var printed = await world.RunAsync(world.Issue(), ["rotate", "search", "-o", "json"]);

        var lines = printed.Lines;
        lines.Select(line => string.Join(' ', Json.Members(line))).Distinct().ShouldBe(
        [
            "test outcome message", "at what",
            "id key kind phase actor submittedAt oldFingerprint newFingerprint emergency liveAt graceEndsAt revokedAt rejections nextAt needs "
            + "outcome endedAt dueAt lapsesAt approvals approvedBy approvedAt locations",
        ]);
        lines[^1].GetProperty("phase").GetString().ShouldBe("Overlap");
        lines[^1].GetProperty("actor").GetString().ShouldBe("ops@test");
        lines[^1].GetProperty("locations").EnumerateArray().Select(location => location.GetProperty("step").GetString())
            .ShouldBe(["Done", "Done"]);
    }

    [Fact]
    public async Task Rotate_ProviderRefusesTheValue_Exits4AndWritesNothing()
    {
        await using var world = await StartAsync();
        var value = world.Issue();
        world.Revoke(value);

        var printed = await world.RunAsync(value, ["rotate", "search"]);

        printed.ExitCode.ShouldBe(4);
        printed.Out.ShouldContain("The provider refused it");
        (await world.ReadAsync("local", "search")).ShouldBe(world.Old);
    }

    [Fact]
    public async Task Rotate_ProviderWarnsOfExpiry_OffATerminalSaysHowToStateIt()
    {
        await using var world = await StartAsync();

        var printed = await world.RunAsync(world.Issue(), ["rotate", "search"]);

        printed.ExitCode.ShouldBe(0);
        printed.Error.ShouldContain("--expires YYYY-MM-DD");
    }

    [Fact]
    public async Task Rotate_DryRun_SaysWhatWouldBeReplacedAndChangesNothing()
    {
        await using var world = await StartAsync();

        var printed = await world.RunAsync(world.Issue(), ["rotate", "search", "--dry-run", "-o", "json"]);

        printed.ExitCode.ShouldBe(0, printed.Error);
        var plan = printed.Lines.Where(line => line.TryGetProperty("plan", out _)).ToList();
        plan.Select(line => line.GetProperty("location").GetString()).ShouldBe(["local:search", "other:search"]);
        plan.ForEach(line => Json.Members(line).ShouldBe(["location", "plan", "replaces", "calls", "permissions", "later"]));
        plan.ShouldAllBe(line => line.GetProperty("replaces").GetString()!.Length == 12);
        (await world.ReadAsync("local", "search")).ShouldBe(world.Old);
        (await world.RotationsAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task Rotate_Terminal_AsksForTheDayThenForTheValueAndShowsOnlyTheDay()
    {
        await using var world = await StartAsync();
        var value = world.Issue();
        world.Terminal = new(Typing($"2027-01-3x\b1\r{value[..5]}x\b{value[5..]}\r\n"));

        var printed = await world.RunAsync("rotate", "search");

        printed.ExitCode.ShouldBe(0, printed.Error);
        printed.Error.ShouldContain("Last day of the new Mistral");
        printed.Error.ShouldContain("(it is not shown): \n");
        (await world.ReadAsync("other", "search")).ShouldBe(value);
    }

    [Fact]
    public async Task Rotate_TerminalDayUnknown_IsAnEmptyAnswer()
    {
        await using var world = await StartAsync();
        world.Terminal = new(Typing($"\r{world.Issue()}\r"));

        (await world.RunAsync("rotate", "search")).ExitCode.ShouldBe(0);
    }

    [Fact]
    public async Task Rotate_CtrlCAtThePrompt_EndsAtOnce()
    {
        await using var world = await StartAsync();
        world.Terminal = new(Typing("secret\u0003more"));

        var printed = await world.RunAsync("rotate", "vision");

        printed.ExitCode.ShouldBe(1);
        printed.Error.ShouldContain("Interrupted. Nothing was changed.");
        printed.Error.ShouldNotContain("secret");
    }

    [Fact]
    public async Task Rotate_SeveralLinesPasted_TakesNoneAndLeavesNoneToTheShell()
    {
        await using var world = await StartAsync();
        world.Terminal = new(Typing("first\rsecond\r"));

        var printed = await world.RunAsync("rotate", "vision");

        printed.ExitCode.ShouldBe(2);
        printed.Error.ShouldContain("More than one line was pasted");
        world.Terminal.ShouldBeEmpty();
    }

    [Fact]
    public async Task Rotate_TerminalThatCannotHide_SaysHowElse()
    {
        await using var world = await StartAsync();
        world.ReadKey = () => throw new InvalidOperationException("no console");

        var printed = await world.RunAsync("rotate", "vision");

        printed.ExitCode.ShouldBe(2);
        printed.Error.ShouldContain("with --from-file");
    }

    [Fact]
    public async Task Rotate_FileThatOthersMayRead_IsTakenWithAWarning()
    {
        await using var world = await StartAsync();
        world.Write("new.txt", world.Issue() + "\n");

        var printed = await world.RunAsync("rotate", "search", "--from-file", "new.txt");

        printed.ExitCode.ShouldBe(0, printed.Error);
        printed.Error.ShouldContain("Others may read 'new.txt'");
    }
}

using KeyRotator.Keys;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Cli;

/// <summary>What <c>rotate</c> refuses: one clear error, exit code 2, and nothing changed, not even its own database.</summary>
public sealed class RotateBadInputTests
{
    [Theory]
    [InlineData("{0}\n{0}", "contains a newline")]
    [InlineData("\"{0}\"", "stands in quotes")]
    [InlineData(" {0}", "contains white space")]
    [InlineData("sk-proj-ab****************************************yz", "is masked or a placeholder")]
    [InlineData("", "No value came from standard input")]
    [InlineData("\n", "No value came from standard input")]
    public async Task Rotate_UnfitValue_IsRefused(string input, string message)
    {
        await using var world = await RotateWorld.StartAsync();
        var value = string.Format(null, input, world.Issue());

        await ShouldRefuseAsync(world, value, message);
    }

    [Fact]
    public async Task Rotate_TenMegabytes_IsRefused()
    {
        await using var world = await RotateWorld.StartAsync();

        await ShouldRefuseAsync(world, new string('x', 10 * 1024 * 1024), "More than 16 KiB came from standard input");
    }

    [Fact]
    public async Task Rotate_AnotherProvidersKey_IsRefusedUnsent()
    {
        await using var world = await RotateWorld.StartAsync();

        var printed = await world.RunAsync(world.Issue("openai"), ["rotate", "direct"]);

        printed.ExitCode.ShouldBe(2);
        printed.Error.ShouldContain("It has the format of a key of OpenAI: it was not sent anywhere.");
        (await world.RotationsAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task Rotate_TheCurrentValue_IsRefused()
    {
        await using var world = await RotateWorld.StartAsync();

        await ShouldRefuseAsync(world, world.Old, "holds that value already");
    }

    [Fact]
    public async Task Rotate_AnotherKeysValue_IsRefused()
    {
        await using var world = await RotateWorld.StartAsync();
        var other = await world.InstallAsync("mistral", ("local", "chat"));
        await world.RunAsync("check");

        await ShouldRefuseAsync(world, other, "It is the value of key chat");
    }

    [Fact]
    public async Task Rotate_ARetiredValue_IsRefused()
    {
        await using var world = await RotateWorld.StartAsync();
        await world.RunAsync("check");
        await world.RunAsync(world.Issue(), ["rotate", "search", "--grace", "0s"]);
        await world.RunAsync("rotations", "abandon", "1");
        var current = await world.ReadAsync("local", "search");

        var printed = await world.RunAsync(world.Old, ["rotate", "search"]);

        printed.ExitCode.ShouldBe(2);
        printed.Error.ShouldContain("had this value before (version 1)");
        (await world.ReadAsync("local", "search")).ShouldBe(current);
    }

    [Fact]
    public async Task Rotate_AForeignChange_IsRefused()
    {
        await using var world = await RotateWorld.StartAsync();
        await world.RunAsync("check");
        var theirs = world.Issue();
        await world.PutAsync("local", "search", theirs);

        var printed = await world.RunAsync(world.Issue(), ["rotate", "search"]);

        printed.ExitCode.ShouldBe(2);
        printed.Error.ShouldContain("somebody changed it");
        (await world.ReadAsync("local", "search")).ShouldBe(theirs);
    }

    [Theory]
    [InlineData("no-such-key", "Unknown key 'no-such-key'")]
    [InlineData("fixed", "env:FIXED_KEY cannot be written: store env is read-only")]
    public async Task Rotate_KeyThatCannotBe_IsRefused(string key, string message)
    {
        await using var world = await RotateWorld.StartAsync();

        var printed = await world.RunAsync(world.Issue("openai"), ["rotate", key]);

        printed.ExitCode.ShouldBe(2);
        printed.Error.ShouldContain(message);
    }

    [Theory]
    [InlineData("--expires", "2020-01-31", "--expires 2020-01-31 is past")]
    [InlineData("--expires", "31.1.2027", "--expires takes a day as in 2027-01-31")]
    [InlineData("--grace", "soon", "--grace takes a span as in 24h or 0s")]
    public async Task Rotate_BadTerms_AreRefusedBeforeTheValueIsAskedFor(string option, string text, string message)
    {
        await using var world = await RotateWorld.StartAsync();
        world.Terminal = new();

        var printed = await world.RunAsync("rotate", "vision", option, text);

        printed.ExitCode.ShouldBe(2);
        printed.Error.ShouldContain(message);
    }

    [Fact]
    public async Task Rotate_OneIsOpen_IsRefused()
    {
        await using var world = await RotateWorld.StartAsync();
        await world.RunAsync(world.Issue(), ["rotate", "search"]);

        var printed = await world.RunAsync(world.Issue(), ["rotate", "search"]);

        printed.ExitCode.ShouldBe(2);
        printed.Error.ShouldContain("Rotation 1 of search is open already, at ");
        printed.Error.ShouldContain("`keyrotator rotations show 1`");
    }

    [Theory]
    [InlineData("resume")]
    [InlineData("rollback")]
    [InlineData("abandon")]
    [InlineData("revoked")]
    public async Task Act_OnNoRotation_IsRefused(string act)
    {
        await using var world = await RotateWorld.StartAsync();

        var printed = await world.RunAsync("rotations", act, "7");

        printed.ExitCode.ShouldBe(2);
        printed.Error.ShouldContain("There is no rotation 7");
    }

    [Fact]
    public async Task RollBack_AfterProofOfDeath_IsRefusedAndResumeOfTheFinishedToo()
    {
        await using var world = await RotateWorld.StartAsync();
        await world.RunAsync(world.Issue(), ["rotate", "search", "--grace", "0s"]);
        world.Revoke(world.Old);
        (await world.RunAsync("rotations", "revoked", "1")).ExitCode.ShouldBe(0);
        await world.CheckUntilAsync(RotationPhase.OldKeyDead);

        var rollback = await world.RunAsync("rotations", "rollback", "1");
        await world.CheckUntilAsync(RotationPhase.Completed);
        var resume = await world.RunAsync("rotations", "resume", "1");

        rollback.ExitCode.ShouldBe(2);
        rollback.Error.ShouldContain("The old key is proven dead: it must not come back.");
        resume.ExitCode.ShouldBe(2);
        resume.Error.ShouldContain("Rotation 1 of search has ended as Completed");
    }

    private static async Task ShouldRefuseAsync(RotateWorld world, string input, string message)
    {
        var printed = await world.RunAsync(input, ["rotate", "search"]);

        printed.ExitCode.ShouldBe(2);
        printed.Error.ShouldContain(message);
        (await world.ReadAsync("local", "search")).ShouldBe(world.Old);
        (await world.RotationsAsync()).ShouldBe(0);
    }
}

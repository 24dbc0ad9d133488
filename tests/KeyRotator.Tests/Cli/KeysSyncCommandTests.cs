using KeyRotator.Demo;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Cli;

public sealed class KeysSyncCommandTests
{
    [Fact]
    public async Task Sync_LocationWithAnEarlierValue_GetsThePrimarysAndTheDriftIsOver()
    {
        await using var world = await DriftedAsync();
        (await world.RunAsync("status", "search")).Out.ShouldContain("LocationDrift");
        var current = await world.ReadAsync("local", "search");

        var done = await world.RunAsync("keys", "sync", "search");

        done.ExitCode.ShouldBe(0, done.Error);
        done.Out.ShouldContain("It is this key's own value.");
        done.Out.ShouldContain("Read it back at other:search: the new key is there.");
        done.Out.ShouldContain("Every location holds the primary's value.");
        done.Out.ShouldContain("Completed");
        (await world.ReadAsync("other", "search")).ShouldBe(current);
        (await world.RunAsync("status", "search")).Out.ShouldNotContain("LocationDrift");
        (await world.RunAsync("keys", "sync", "search")).Out.ShouldContain("nothing to do");
        (await world.RunAsync("audit", "list", "--key", "search")).Out.ShouldContain("rotation.write-begun");
    }

    [Fact]
    public async Task Sync_ForeignValue_IsLeftUnlessItIsNamed()
    {
        await using var world = await RotateWorld.StartAsync();
        await world.RunAsync("check", "search");
        await world.PutAsync("other", "search", DemoKeys.Create("mistral", Random.Shared));

        var refused = await world.RunAsync("keys", "sync", "search");

        refused.ExitCode.ShouldBe(2);
        refused.Error.ShouldContain("never seen of search");
        var named = refused.Error.Split("--overwrite ")[1][..12];
        (await world.RunAsync("keys", "sync", "search", "--overwrite", "000000000000")).ExitCode.ShouldBe(2);
        (await world.RunAsync("keys", "sync", "search", "--overwrite", named)).ExitCode.ShouldBe(0);
        (await world.ReadAsync("other", "search")).ShouldBe(world.Old);
    }

    [Fact]
    public async Task Sync_DryRun_WritesNothing()
    {
        await using var world = await DriftedAsync();
        var before = await world.ReadAsync("other", "search");

        var done = await world.RunAsync("keys", "sync", "search", "--dry-run");

        done.ExitCode.ShouldBe(0);
        done.Out.ShouldContain("local:search holds the new value already");
        done.Out.ShouldContain("other:search would be written for all readers at once");
        (await world.ReadAsync("other", "search")).ShouldBe(before);
    }

    [Fact]
    public async Task Sync_PrimaryIsDead_WritesNothing()
    {
        await using var world = await DriftedAsync();
        var before = await world.ReadAsync("other", "search");
        world.Revoke((await world.ReadAsync("local", "search"))!);

        var done = await world.RunAsync("keys", "sync", "search");

        done.ExitCode.ShouldBe(4);
        done.Out.ShouldContain("The provider refused it");
        (await world.ReadAsync("other", "search")).ShouldBe(before);
    }

    [Theory]
    [InlineData("Key chat has one location alone", "chat")]
    [InlineData("Unknown key 'nosuch'", "nosuch")]
    public async Task Sync_BadInput_IsOneSentence(string sentence, string key)
    {
        await using var world = await RotateWorld.StartAsync();

        var refused = await world.RunAsync("keys", "sync", key);

        (refused.ExitCode, refused.Out).ShouldBe((2, ""));
        refused.Error.ShouldContain(sentence);
    }

    [Fact]
    public async Task Sync_PrimaryEmpty_IsOneSentence()
    {
        await using var world = await RotateWorld.StartAsync();
        world.Write("keyrotator.yaml", File.ReadAllText(world.PathOf("keyrotator.yaml"))
            .Replace("name: search }, {", "name: nowhere }, {", StringComparison.Ordinal));

        var refused = await world.RunAsync("keys", "sync", "search");

        refused.ExitCode.ShouldBe(2);
        refused.Error.ShouldContain("Nothing is at local:nowhere, the primary of search");
    }

    [Fact]
    public async Task Sync_RotationIsOpen_IsNamed()
    {
        await using var world = await RotateWorld.StartAsync();
        await world.RunAsync("check", "search");
        await world.RunAsync(world.Issue(), ["rotate", "search"]);
        await world.PutAsync("other", "search", world.Old);

        var refused = await world.RunAsync("keys", "sync", "search");

        refused.ExitCode.ShouldBe(4);
        refused.Out.ShouldContain("Rotation 1 of search is open already");
        (await world.ReadAsync("other", "search")).ShouldBe(world.Old);
    }

    // The other location holds a value that the key had before.
    private static async Task<RotateWorld> DriftedAsync()
    {
        var world = await RotateWorld.StartAsync();
        await world.RunAsync("check", "search");
        await world.RunAsync(world.Issue(), ["rotate", "search", "--grace", "0s"]);
        await world.RunAsync("rotations", "abandon", "1");
        await world.PutAsync("other", "search", world.Old);
        world.Clock.Advance(TimeSpan.FromMinutes(5));
        await world.RunAsync("check", "search");
        return world;
    }
}

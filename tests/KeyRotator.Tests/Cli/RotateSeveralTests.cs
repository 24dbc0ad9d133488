using KeyRotator.Demo;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Cli;

/// <summary><c>rotate --from-file</c> without a key: several replacements out of one file.</summary>
public sealed class RotateSeveralTests
{
    [Fact]
    public async Task Rotate_SeveralKeys_PutsEachInPlaceAndSumsUp()
    {
        await using var world = await WorldAsync();
        var (search, chat) = (world.Issue(), world.Issue());
        world.Write("new.yaml", $"search: {search}\nchat: {{ value: \"{chat}\", expires: 2027-01-31 }}\n");
        SetMode(world, "new.yaml", UnixFileMode.UserRead | UnixFileMode.UserWrite);

        var done = await world.RunAsync("rotate", "--from-file", "new.yaml");

        done.ExitCode.ShouldBe(0, done.Error);
        (await world.ReadAsync("local", "search"), await world.ReadAsync("other", "search")).ShouldBe((search, search));
        (await world.ReadAsync("local", "chat")).ShouldBe(chat);
        var summary = done.Out[done.Out.IndexOf("KEY ", StringComparison.Ordinal)..];
        summary.ShouldContain("search  1");
        summary.ShouldContain("chat    2");
        summary.ShouldContain("Overlap");
        done.Error.ShouldContain("nobody said when the new one of search does");
        done.Error.ShouldNotContain("new one of chat");
        done.Error.ShouldNotContain("Others may read");
        (await world.RunAsync("keys", "show", "chat")).Out.ShouldContain("2027-01-31 (Stated)");
    }

    [Fact]
    public async Task Rotate_Json_IsOneDocumentALineAndASummary()
    {
        await using var world = await WorldAsync();
        world.Write("new.yaml", $"search: {world.Issue()}\nchat: {world.Issue()}\n");

        var done = await world.RunAsync("rotate", "--from-file", "new.yaml", "-o", "json");

        done.Lines.Where(line => line.TryGetProperty("test", out _)).Select(line => line.GetProperty("key").GetString()).Distinct()
            .ShouldBe(["search", "chat"]);
        var summary = done.Lines[^1].GetProperty("summary");
        summary.EnumerateArray().Select(row => row.GetRawText()).ShouldBe(
        [
            """{"key":"search","rotation":1,"phase":"Overlap","message":null,"exitCode":0}""",
            """{"key":"chat","rotation":2,"phase":"Overlap","message":null,"exitCode":0}""",
        ]);
    }

    [Fact]
    public async Task Rotate_OneIsRefusedByTheProvider_DoesTheOthersAndExitsWithTheWorst()
    {
        await using var world = await WorldAsync();
        var bad = DemoKeys.Create("mistral", Random.Shared);
        var good = world.Issue();
        world.Write("new.yaml", $"search: {bad}\nchat: {good}\n");

        var done = await world.RunAsync("rotate", "--from-file", "new.yaml");

        done.ExitCode.ShouldBe(4);
        done.Out.ShouldContain("Refused");
        (await world.ReadAsync("local", "search")).ShouldBe(world.Old);
        (await world.ReadAsync("local", "chat")).ShouldBe(good);
        (done.Out + done.Error).ShouldNotContain(bad);
    }

    [Fact]
    public async Task Rotate_ManyFaults_AreSaidAtOnceAndNothingIsChanged()
    {
        await using var world = await WorldAsync();
        await world.RunAsync(world.Issue(), ["rotate", "chat"]);
        var (same, canary) = (world.Issue(), world.Issue());
        world.Write("new.yaml", $$"""
            search: {{same}}
            serch: {{same}}
            {{canary}}: search
            chat: {{world.Issue()}}
            search: "{{same}} "
            vision: ""
            direct: { value: "{{world.Issue("openai")}}", {{canary}}: 1, expires: {{canary}} }
            fixed: { expires: 2020-01-01, value: ${NO_SUCH_VARIABLE} }
            """.Replace("${NO", "\"${NO", StringComparison.Ordinal).Replace("BLE}", "BLE}\"", StringComparison.Ordinal));

        var refused = await world.RunAsync("rotate", "--from-file", "new.yaml");

        refused.ExitCode.ShouldBe(2);
        string[] sentences =
        [
            "new.yaml:2:1: no key has that id (not shown: it may be a value). Did you mean 'search'?",
            "new.yaml:3:1: no key has that id (not shown: it may be a value).",
            "new.yaml:4:1: Rotation 1 of chat is open already",
            "new.yaml:5:1: this key stands here a second time; the first is at new.yaml:1:1",
            "new.yaml:6:9: the value (not shown) is not a secret of at least one character",
            "only `value` and `expires` stand here (what stands there is not shown)",
            "the value (not shown) is not a day such as `2027-01-31`",
            "the environment variable `NO_SUCH_VARIABLE` is not set",
            "It has the format of a key of OpenAI",
            "Nothing was changed.",
        ];
        sentences.ShouldAllBe(sentence => refused.Error.Contains(sentence, StringComparison.Ordinal), refused.Error);
        refused.Out.ShouldBe("");
        (await world.RotationsAsync()).ShouldBe(1);
        (await world.ReadAsync("local", "search")).ShouldBe(world.Old);
    }

    [Fact]
    public async Task Rotate_SameValueForTwoKeys_IsRefused()
    {
        await using var world = await WorldAsync();
        var same = world.Issue();
        world.Write("new.yaml", $"search: {same}\nchat: {same}\n");

        var refused = await world.RunAsync("rotate", "--from-file", "new.yaml");

        refused.ExitCode.ShouldBe(2);
        refused.Error.ShouldContain("keys search, chat have the same value here");
        (await world.RotationsAsync()).ShouldBe(0);
    }

    [Theory]
    [InlineData("", "this file is empty")]
    [InlineData("{}", "this file names no key")]
    [InlineData("- a\n- b\n", "a list stands where a map from key ids to new values is expected")]
    [InlineData("search: [a]\n", "a list stands where a secret of at least one character is expected")]
    [InlineData("search:\n", "a member without value stands where a secret of at least one character is expected")]
    [InlineData("search: { value: ${X} }\n", "quote it, `\"${NAME}\"`")]
    [InlineData("search: *a\n", "this is not YAML of the kind that is taken")]
    [InlineData("search: \"abc\n", "this is not YAML of the kind that is taken")]
    [InlineData("search: { expires: 2027-01-31 }\n", "`value` is missing")]
    [InlineData("search: a\0b\n", "is not text: it holds a NUL byte")]
    public async Task Rotate_BadFile_IsRefused(string content, string sentence)
    {
        await using var world = await WorldAsync();
        world.Write("new.yaml", content);

        var refused = await world.RunAsync("rotate", "--from-file", "new.yaml");

        refused.ExitCode.ShouldBe(2);
        refused.Error.ShouldContain(sentence);
        (await world.RotationsAsync()).ShouldBe(0);
    }

    [Theory]
    [InlineData("this file does not exist", "rotate", "--from-file", "nosuch.yaml")]
    [InlineData("Name the key to replace, or a file of several", "rotate")]
    [InlineData("--expires is about one key", "rotate", "--from-file", "new.yaml", "--expires", "2027-01-31")]
    [InlineData("--grace takes a span", "rotate", "--from-file", "new.yaml", "--grace", "soon")]
    public async Task Rotate_BadOption_IsRefused(string sentence, params string[] arguments)
    {
        await using var world = await WorldAsync();
        world.Write("new.yaml", $"search: {world.Issue()}\n");

        var refused = await world.RunAsync(arguments);

        refused.ExitCode.ShouldBe(2);
        refused.Error.ShouldContain(sentence);
        (await world.RotationsAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task Rotate_DryRun_ProvesEachAndWritesNothing()
    {
        await using var world = await WorldAsync();
        world.Write("new.yaml", $"search: ${{file:value}}\nchat: {DemoKeys.Create("mistral", Random.Shared)}\n");
        world.Write("value", world.Issue() + "\n");

        var rehearsed = await world.RunAsync("rotate", "--from-file", "new.yaml", "--dry-run");

        rehearsed.ExitCode.ShouldBe(4, "the provider refuses one of them");
        rehearsed.Out.ShouldContain("local:search would be written for all readers at once");
        rehearsed.Out.ShouldContain("The provider refused it");
        (await world.RotationsAsync()).ShouldBe(0);
        (await world.ReadAsync("local", "search")).ShouldBe(world.Old);
    }

    [Fact]
    public async Task Rotate_Emergency_IsForEachOfThem()
    {
        await using var world = await WorldAsync();
        world.Write("new.yaml", $"search: {world.Issue()}\nchat: {world.Issue()}\n");

        var done = await world.RunAsync("rotate", "--from-file", "new.yaml", "--emergency", "-o", "json");

        var rotations = done.Lines.Where(line => line.TryGetProperty("emergency", out _)).ToList();
        rotations.Select(rotation => rotation.GetProperty("emergency").GetBoolean()).ShouldBe([true, true]);
    }

    [Fact]
    public async Task Rotate_FileThatOthersMayRead_IsWarnedOf()
    {
        await using var world = await WorldAsync();
        world.Write("new.yaml", $"search: {world.Issue()}\n");
        SetMode(world, "new.yaml", UnixFileMode.UserRead | UnixFileMode.OtherRead);

        var done = await world.RunAsync("rotate", "--from-file", "new.yaml");

        done.Error.Contains("Others may read 'new.yaml'", StringComparison.Ordinal).ShouldBe(!OperatingSystem.IsWindows());
    }

    private static async Task<RotateWorld> WorldAsync()
    {
        var world = await RotateWorld.StartAsync();
        await world.InstallAsync("mistral", ("local", "chat"));
        await world.RunAsync("check", "search", "chat");
        return world;
    }

    private static void SetMode(RotateWorld world, string name, UnixFileMode mode)
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(world.PathOf(name), mode);
        }
    }
}

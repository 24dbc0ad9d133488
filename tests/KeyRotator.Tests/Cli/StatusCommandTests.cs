using System.Text.Json;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Cli;

public sealed class StatusCommandTests : IDisposable
{
    private readonly Shell _shell = new Shell { IsTerminal = true, Environment = { ["NO_COLOR"] = "1" } }.Declare();

    public void Dispose() => _shell.Dispose();

    [Fact]
    public async Task Status_BeforeAnyCheck_ShowsWhatIsDeclared()
    {
        (await _shell.RunAsync("status")).ShouldBe(0);

        _shell.Out.ShouldBe("""
            KEY           PROVIDER  ENV   VERDICT  EXPIRES          CHECKED
            mistral-prod  mistral   prod  -         71d 2027-01-31  -
            openai-ci     openai    -     -        -                -

            2 keys: 0 accepted, 0 rejected, 2 inconclusive
            findings: 0 critical, 0 warning, 0 info

            CHANNEL  KIND     LAST DELIVERY  WAITING  STATE
            ops      webhook  -              0        nothing was sent yet

            """);
    }

    [Fact]
    public async Task Status_AfterAFinding_ShowsItAndExitsThree()
    {
        await _shell.ObserveAsync();

        (await _shell.RunAsync("status")).ShouldBe(3);

        _shell.Out.ShouldBe("""
            KEY           PROVIDER  ENV   VERDICT           EXPIRES          CHECKED
            mistral-prod  mistral   prod  Rejected/Invalid   71d 2027-01-31  2m ago
            openai-ci     openai    -     -                 -                -

            CRITICAL  mistral-prod: KeyRejected, since 2m. Mistral says twice that the key
                      is invalid. Replace it.

            2 keys: 0 accepted, 1 rejected, 1 inconclusive
            findings: 1 critical, 0 warning, 0 info

            CHANNEL  KIND     LAST DELIVERY  WAITING  STATE
            ops      webhook  -              0        nothing was sent yet

            """);
    }

    [Fact]
    public async Task Status_FailOnNone_ExitsZero()
    {
        await _shell.ObserveAsync();

        (await _shell.RunAsync("status", "--fail-on", "none")).ShouldBe(0);
    }

    [Fact]
    public async Task Status_NamedKey_ShowsThatOneOnly()
    {
        await _shell.ObserveAsync();

        (await _shell.RunAsync("status", "openai-ci")).ShouldBe(0);

        _shell.Out.ShouldNotContain("mistral-prod");
        _shell.Out.ShouldContain("1 key: ");
        _shell.Out.ShouldNotContain("CHANNEL");
    }

    [Fact]
    public async Task Status_Json_HasNoTimeOfACheckItDidNotMake()
    {
        await _shell.ObserveAsync();

        await _shell.RunAsync("status", "-o", "json");

        var document = JsonDocument.Parse(_shell.Out).RootElement;
        document.GetProperty("checkedAt").ValueKind.ShouldBe(JsonValueKind.Null);
        document.GetProperty("keys")[0].GetProperty("checkedAt").GetString().ShouldBe("2026-11-21T09:58:00Z");
        document.GetProperty("keys")[0].GetProperty("fingerprint").GetString().ShouldBe("aaaaaaaaaaaa");
    }

    [Fact]
    public async Task Status_BrokenConfiguration_PrintsEveryFaultAndExitsTwo()
    {
        _shell.Write("keyrotator.yaml", Inventory.Yaml.With("provider: mistral", "provider: mistrl").With("2027-01-31", "2027-02-31"));

        (await _shell.RunAsync("status")).ShouldBe(2);

        var lines = _shell.Error.TrimEnd().Split('\n');
        lines.Length.ShouldBe(2);
        lines.ShouldAllBe(line => line.StartsWith("keyrotator.yaml:", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Status_DatabaseIsNone_ExitsOneWithOneLine()
    {
        _shell.Write("keyrotator.db", new string('x', 5000));

        (await _shell.RunAsync("status")).ShouldBe(1);

        _shell.Error.TrimEnd().ShouldNotContain("\n");
        _shell.Error.ShouldContain("keyrotator.db");
    }

    [Fact]
    public async Task Status_HostileOwner_CannotSteerTheTerminal()
    {
        using var shell = new Shell().Declare();
        shell.Write("keyrotator.yaml", Inventory.Yaml.With("owner: team-search", @"owner: ""\e[2J\u009bteam"""));

        await shell.RunAsync("status");
        await shell.RunAsync("keys", "list", "-o", "json");
        await shell.RunAsync("keys", "show", "mistral-prod");

        (shell.Out + shell.Error).ShouldNotContain("\u001b");
        (shell.Out + shell.Error).ShouldNotContain("\u009b");
    }

    [Fact]
    public async Task Status_ManyKeys_ShowsOnlyThoseInNeed()
    {
        var more = Enumerable.Range(1, 250)
            .Select(number => $"  bulk-{number}: {{ provider: openai, locations: [{{ store: env, name: A{number} }}] }}\n");
        _shell.Write("keyrotator.yaml", Inventory.Yaml.With("  openai-ci:", string.Concat(more) + "  openai-ci:"));
        await _shell.ObserveAsync();

        await _shell.RunAsync("status");

        _shell.Out.ShouldContain("mistral-prod");
        _shell.Out.ShouldNotContain("bulk-");
        _shell.Out.ShouldContain("252 keys: ");
        _shell.Out.ShouldContain("1 shown:");
    }
}

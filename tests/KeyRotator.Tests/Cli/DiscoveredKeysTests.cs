using System.Text.Json;
using KeyRotator.Findings;
using KeyRotator.Keys;
using KeyRotator.State;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Cli;

/// <summary>Verbs over keys that were found by tag. No verb but <c>check</c> asks a store.</summary>
public sealed class DiscoveredKeysTests : IDisposable
{
    private readonly Shell _shell = new Shell { IsTerminal = true, Environment = { ["NO_COLOR"] = "1" } }.Declare();

    public DiscoveredKeysTests() => _shell.Write(
        "keyrotator.yaml",
        Inventory.Yaml.With("stores:\n", "stores:\n  prod: { kind: aws, region: eu-central-1, discover: { tag: keyrotator } }\n"));

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose() => _shell.Dispose();

    [Fact]
    public async Task List_DiscoveredKeys_StandBehindTheDeclared()
    {
        await FindAsync(Key("llm/a"), Key("llm/b") with { GoneSince = _shell.Clock.GetUtcNow() });

        (await _shell.RunAsync("keys", "list")).ShouldBe(0, _shell.Error);

        _shell.Out.ShouldContain("prod/llm/a    openai    dev   team-b       2027-03-01  prod:llm/a");
        _shell.Out.ShouldEndWith("\n2 of 4 found by tag, 1 of them gone since.\n");
    }

    [Fact]
    public async Task List_Json_TellsWhichWereFound()
    {
        await FindAsync(Key("llm/a"));

        await _shell.RunAsync("keys", "list", "-o", "json");

        var keys = JsonDocument.Parse(_shell.Out).RootElement.GetProperty("keys");
        keys.EnumerateArray().Select(key => key.GetProperty("discovered").GetBoolean()).ShouldBe([false, false, true]);
        keys[2].GetProperty("goneSince").ValueKind.ShouldBe(JsonValueKind.Null);
    }

    [Fact]
    public async Task Show_GoneKey_SaysSinceWhen()
    {
        await FindAsync(Key("llm/a") with { GoneSince = _shell.Clock.GetUtcNow().AddMinutes(-5) });

        (await _shell.RunAsync("keys", "show", "prod/llm/a")).ShouldBe(0, _shell.Error);

        _shell.Out.ShouldContain("found         by tag in store prod, gone since 2026-11-21 09:55:00Z (5m ago)");
    }

    [Fact]
    public async Task Status_DiscoveredKey_IsInTheTableAndTheSummary()
    {
        await FindAsync(Key("llm/a"));

        await _shell.RunAsync("status");

        _shell.Out.ShouldContain("prod/llm/a");
        _shell.Out.ShouldContain("3 keys");
    }

    [Fact]
    public async Task Status_FindingAboutTags_IsShownWithoutAnyKey()
    {
        _shell.Pass.Finds(FindingSubject.Store("prod"), FindingReason.TagsUnusable, Severity.Warning, "1 secret has the tag.");
        await FindAsync();
        await using (var database = await OpenAsync())
        {
            await _shell.Pass.RecordAsync(database, _shell.Clock.GetUtcNow(), Cancelled);
        }

        await _shell.RunAsync("status");

        _shell.Out.ShouldContain("TagsUnusable");
    }

    [Fact]
    public async Task Check_KeyFoundMeanwhile_IsPrinted()
    {
        _shell.Pass.Recorded = () => FindAsync(Key("llm/a"));

        (await _shell.RunAsync("check")).ShouldBe(0, _shell.Error);

        _shell.Pass.Request!.Keys.ShouldBeNull();
        _shell.Out.ShouldContain("prod/llm/a");
    }

    [Fact]
    public async Task Forget_GoneKeys_AreForgotten()
    {
        await FindAsync(Gone("llm/a"), Gone("llm/b"), Key("llm/c"));

        (await _shell.RunAsync("keys", "forget", "prod/llm/a", "prod/llm/b")).ShouldBe(0, _shell.Error);

        _shell.Out.ShouldBe("forgot prod/llm/a\nforgot prod/llm/b\n");
        (await RowsAsync()).ShouldBe(["prod/llm/c"]);
    }

    [Fact]
    public async Task Forget_GoneKeys_IsInTheAudit()
    {
        await FindAsync(Gone("llm/a"), Gone("llm/b"), Key("llm/c"));
        await _shell.RunAsync("keys", "forget", "prod/llm/a", "prod/llm/b");

        await using var database = await OpenAsync();
        await using var transaction = await database.BeginReadAsync(Cancelled);
        var rows = await AuditTable.PageAsync(transaction, 0, 10, Cancelled);

        rows.Select(row => (row.Act, row.Target, row.Actor, row.How)).ShouldBe(
            [("key.forgotten", "prod/llm/a", "operator", "keys forget"), ("key.forgotten", "prod/llm/b", "operator", "keys forget")]);
    }

    [Fact]
    public async Task Forget_ThatCannotBeAudited_ForgetsNothing()
    {
        await FindAsync(Gone("llm/a"));
        await using (var database = await OpenAsync())
        {
            await using var transaction = await database.BeginWriteAsync(Cancelled);
            await transaction.Prepare("CREATE TRIGGER full BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'full'); END")
                .ExecuteAsync(Cancelled);
            await transaction.CommitAsync(Cancelled);
        }

        (await _shell.RunAsync("keys", "forget", "prod/llm/a")).ShouldBe(1);

        (await RowsAsync()).ShouldBe(["prod/llm/a"]);
    }

    [Fact]
    public async Task Forget_Json_NamesThem()
    {
        await FindAsync(Gone("llm/a"));

        await _shell.RunAsync("keys", "forget", "prod/llm/a", "-o", "json");

        JsonDocument.Parse(_shell.Out).RootElement.GetProperty("forgotten")[0].GetString().ShouldBe("prod/llm/a");
    }

    [Theory]
    [InlineData("keys forget prod/llm/a openai-ci", "Key openai-ci is declared in the configuration: take it out there.", "declared")]
    [InlineData("keys forget prod/llm/a prod/llm/c", "Key prod/llm/c is still found at prod:llm/c: take the tag off", "there")]
    [InlineData("keys forget prod/llm/x", "Unknown key 'prod/llm/x'.", "unknown")]
    [InlineData("keys forget", "KEY", "none")]
    [InlineData("keys forget --all", "Unknown option '--all'", "no such option")]
    public async Task Forget_WhatCannotBe_ExitsTwoAndForgetsNothing(string line, string message, string why)
    {
        await FindAsync(Gone("llm/a"), Key("llm/c"));

        (await _shell.RunAsync(line.Split(' '))).ShouldBe(2, why);

        _shell.Error.ShouldContain(message, customMessage: why);
        _shell.Out.ShouldBeEmpty(why);
        (await RowsAsync()).ShouldBe(["prod/llm/a", "prod/llm/c"], why);
    }

    [Fact]
    public async Task Validate_Discover_TouchesNoStoreAndNoDatabase()
    {
        (await _shell.RunAsync("config", "validate")).ShouldBe(0, _shell.Error);

        File.Exists(Path.Combine(_shell.Directory, "keyrotator.db")).ShouldBeFalse();
    }

    private DiscoveredKey Gone(string name) => Key(name) with { GoneSince = _shell.Clock.GetUtcNow() };

    private static DiscoveredKey Key(string name) => new()
    {
        Id = KeyId.Parse($"prod/{name}"),
        Location = new() { Store = "prod", Name = name },
        Provider = "openai",
        Environment = "dev",
        Owner = "team-b",
        Expires = new(new DateOnly(2027, 3, 1), null),
    };

    private async Task FindAsync(params DiscoveredKey[] keys)
    {
        await using var database = await OpenAsync();
        await using var transaction = await database.BeginWriteAsync(Cancelled);
        await DiscoveryTable.ClaimAsync(
            transaction, "prod", "q", _shell.Clock.GetUtcNow(), TimeSpan.Zero, TimeSpan.Zero, Cancelled);
        foreach (var key in keys)
        {
            await DiscoveredKeyTable.SaveAsync(transaction, key, 1, Cancelled);
        }

        await DiscoveryTable.ReviseAsync(transaction, "prod", Cancelled);
        await transaction.CommitAsync(Cancelled);
    }

    private async Task<IReadOnlyList<string>> RowsAsync()
    {
        await using var database = await OpenAsync();
        await using var transaction = await database.BeginReadAsync(Cancelled);
        return [.. (await DiscoveredKeyTable.OfStoresAsync(transaction, ["prod"], Cancelled)).Select(key => key.Id.Value)];
    }

    private Task<StateDatabase> OpenAsync() =>
        StateDatabase.OpenAsync(Path.Combine(_shell.Directory, "keyrotator.db"), _shell.Clock, Cancelled);
}

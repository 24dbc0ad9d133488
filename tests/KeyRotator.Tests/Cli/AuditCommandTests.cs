using System.Text.Json;
using KeyRotator.Audit;
using KeyRotator.State;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Cli;

public sealed class AuditCommandTests : IDisposable
{
    private static readonly string[] s_newestFirst = ["mistral-prod", "openai-ci", "mistral-prod"];

    private readonly Shell _shell = new Shell().Declare();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose() => _shell.Dispose();

    [Fact]
    public async Task List_Acts_AreNewestFirst()
    {
        await ActAsync();

        (await _shell.RunAsync("audit", "list")).ShouldBe(0, _shell.Error);

        _shell.Out.ShouldBe(
            """
            SEQ  AT                    ACTOR     HOW     ACT            TARGET        OUTCOME  REASON
            3    2026-11-21 10:00:00Z  ops@host  rotate  rotation.step  mistral-prod  Done     Wrote it.
            2    2026-11-20 10:00:00Z  ops@host  rotate  rotation.step  openai-ci     Done     Wrote it.
            1    2026-11-19 10:00:00Z  ops@host  rotate  rotation.step  mistral-prod  Done     Wrote it.

            """);
    }

    [Theory]
    [InlineData("audit list -o json", "3 2 1")]
    [InlineData("audit list --key mistral-prod -o json", "3 1")]
    [InlineData("audit list --since 2026-11-20 -o json", "3 2")]
    [InlineData("audit list --since 2026-11-20T10:00:01Z -o json", "3")]
    [InlineData("audit list --limit 1 -o json", "3")]
    public async Task List_Json_IsWhatWasAskedFor(string line, string sequences)
    {
        await ActAsync();

        (await _shell.RunAsync(line.Split(' '))).ShouldBe(0, _shell.Error);

        var rows = JsonDocument.Parse(_shell.Out).RootElement.EnumerateArray();
        string.Join(' ', rows.Select(row => row.GetProperty("sequence").GetInt64())).ShouldBe(sequences);
    }

    [Fact]
    public async Task Export_Rows_AreJsonLinesWithTheseMembers()
    {
        await ActAsync();

        (await _shell.RunAsync("audit", "export", "--since", "2026-11-20")).ShouldBe(0, _shell.Error);

        var lines = _shell.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        lines.Length.ShouldBe(2);
        var hash = JsonDocument.Parse(lines[0]).RootElement.GetProperty("hash").GetString();
        lines[0].ShouldBe(
            """
            {"sequence":2,"at":"2026-11-20T10:00:00Z","actor":"ops@host","how":"rotate","act":"rotation.step",
            "targetKind":"Key","target":"openai-ci","rotation":null,"reason":"Wrote it.","outcome":"Done","oldFingerprint":null,
            "newFingerprint":null,"checkpointSequence":null,"checkpointHash":null,"hash":"HASH"}
            """.Replace("\n", "", StringComparison.Ordinal).Replace("HASH", hash, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Export_MoreThanAPage_IsAllOfIt()
    {
        await ActAsync(2500);

        await _shell.RunAsync("audit", "export");

        var numbers = _shell.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => JsonDocument.Parse(line).RootElement.GetProperty("sequence").GetInt64());
        numbers.ShouldBe(Enumerable.Range(1, 2500).Select(number => (long)number));
    }

    [Fact]
    public async Task Verify_Whole_PrintsTheHeadThatHoldsLater()
    {
        await ActAsync();
        (await _shell.RunAsync("audit", "verify")).ShouldBe(0, _shell.Error);
        _shell.Out.ShouldStartWith("The chain is whole from row 1 to row 3.\nhead 3:");
        var head = _shell.Out.TrimEnd()[^66..];

        await ActAsync();
        (await _shell.RunAsync("audit", "verify", "--head", head)).ShouldBe(0, _shell.Error);

        _shell.Out.ShouldContain(
            "The chain is whole from row 1 to row 6.\nThe head that was given holds: nothing up to row 3 was changed or cut.");
    }

    [Fact]
    public async Task Verify_Empty_SaysSo()
    {
        (await _shell.RunAsync("audit", "verify")).ShouldBe(0, _shell.Error);

        _shell.Out.ShouldBe("The audit is empty: nothing was done yet.\n");
    }

    [Fact]
    public async Task Verify_ChangedRow_NamesItAndExitsOne()
    {
        await ActAsync();
        await TamperAsync("UPDATE audit SET actor = 'nobody' WHERE sequence = 2");

        (await _shell.RunAsync("audit", "verify")).ShouldBe(1);

        _shell.Out.ShouldBe("broken at row 2: row 2 is not what was recorded behind the row before it.\n");
    }

    [Fact]
    public async Task Check_BrokenChain_IsACriticalFinding()
    {
        await ActAsync(4);
        await TamperAsync("UPDATE audit SET reason = 'another' WHERE sequence = 2");

        (await _shell.RunAsync("check", "-o", "json")).ShouldBe(3);

        var finding = JsonDocument.Parse(_shell.Out).RootElement.GetProperty("findings")[0];
        finding.GetProperty("reason").GetString().ShouldBe("AuditBroken");
        finding.GetProperty("subjectKind").GetString().ShouldBe("Audit");
        finding.GetProperty("message").GetString()!.ShouldStartWith(
            "The audit's chain is broken: row 2 is not what was recorded behind the row before it.");
        (await _shell.RunAsync("status")).ShouldBe(3);
        _shell.Out.ShouldContain("audit: AuditBroken");
    }

    [Fact]
    public async Task Verify_EndCutOff_ShowsAgainstTheHeadAlone()
    {
        await ActAsync();
        await _shell.RunAsync("audit", "verify");
        var head = _shell.Out.TrimEnd()[^66..];
        await TamperAsync("DELETE FROM audit WHERE sequence = 3");

        (await _shell.RunAsync("audit", "verify")).ShouldBe(0);
        (await _shell.RunAsync("audit", "verify", "--head", head, "-o", "json")).ShouldBe(1);

        var seen = JsonDocument.Parse(_shell.Out[_shell.Out.LastIndexOf("{\"whole", StringComparison.Ordinal)..]).RootElement;
        (seen.GetProperty("whole").GetBoolean(), seen.GetProperty("brokenAt").GetInt64()).ShouldBe((false, 3));
        seen.GetProperty("fault").GetString()!.ShouldContain("rows were cut off");
    }

    [Theory]
    [InlineData("verify --head 3", "--head takes the number of a row", "no hash")]
    [InlineData("verify --head 0:", "--head takes the number of a row", "no row")]
    [InlineData("list --since yesterday", "--since takes a day as in 2027-01-31", "no day")]
    [InlineData("list --since 2026-13-01", "not '2026-13-01'", "no such month")]
    [InlineData("export --since 2027-01-01", "--since 2027-01-01 is in the future.", "future")]
    [InlineData("list --limit 0", "--limit takes a number from 1 to 10000, not 0.", "none")]
    [InlineData("list --limit 10001", "--limit takes a number from 1 to 10000, not 10001.", "too many")]
    [InlineData("list --limit many", "--limit", "no number")]
    [InlineData("list --key mistral-prd", "Unknown key 'mistral-prd'. Did you mean 'mistral-prod'?", "no such key")]
    [InlineData("list --key sk-proj-0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", "is not shown", "a pasted key")]
    [InlineData("forget", "forget", "no such verb")]
    public async Task Audit_BadInput_ExitsTwoAndPrintsNothing(string line, string message, string why)
    {
        await ActAsync();

        (await _shell.RunAsync(["audit", .. line.Split(' ')])).ShouldBe(2, why);

        _shell.Error.ShouldContain(message, customMessage: why);
        _shell.Error.ShouldNotContain("sk-proj-0123456789", customMessage: why);
        _shell.Out.ShouldBeEmpty(why);
    }

    [Fact]
    public async Task List_KeyThatIsKnownHereAlone_IsListed()
    {
        await ActAsync(1, "gone/key");

        (await _shell.RunAsync("audit", "list", "--key", "gone/key")).ShouldBe(0, _shell.Error);

        _shell.Out.ShouldContain("gone/key");
    }

    private Task ActAsync() => WorkAsync(async transaction =>
    {
        foreach (var (index, key) in s_newestFirst.Reverse().Index())
        {
            await AuditTable.AddAsync(transaction, Entry(key, _shell.Clock.GetUtcNow().AddDays(index - 2)), Cancelled);
        }
    });

    private Task ActAsync(int count, string key = "k") => WorkAsync(async transaction =>
    {
        for (var i = 0; i < count; i++)
        {
            await AuditTable.AddAsync(transaction, Entry(key, _shell.Clock.GetUtcNow()), Cancelled);
        }
    });

    private Task TamperAsync(string sql) => WorkAsync(async transaction =>
    {
        foreach (var statement in (string[])["DROP TRIGGER audit_fixed", "DROP TRIGGER audit_kept", sql])
        {
            await transaction.Prepare(statement).ExecuteAsync(Cancelled);
        }
    });

    private static AuditEntry Entry(string key, DateTimeOffset at) => new()
    {
        At = at,
        Actor = new("ops@host", "rotate"),
        Act = AuditActs.RotationStep,
        TargetKind = AuditActs.Key,
        Target = key,
        Reason = "Wrote it.",
    };

    private async Task WorkAsync(Func<StateTransaction, Task> work)
    {
        await using var database = await StateDatabase.OpenAsync(Path.Combine(_shell.Directory, "keyrotator.db"), _shell.Clock, Cancelled);
        await using var transaction = await database.BeginWriteAsync(Cancelled);
        await work(transaction);
        await transaction.CommitAsync(Cancelled);
    }
}

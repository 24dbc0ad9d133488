using System.Text.RegularExpressions;
using KeyRotator.State;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.State.Sqlite;

/// <summary>No query reads a whole table that grows with the number of keys or with time.</summary>
public sealed partial class QueryPlanTests : StatementSuite<SqliteFileEngine>
{
    // Small by design: what is open, what waits.
    private static readonly string[] s_partial =
        ["key_status_unread", "discovered_key_unseen", "finding_open", "finding_reason",
         "outbox_waiting", "outbox_silenced", "outbox_group", "outbox_group_due",
         "finding_acked"];

    [Fact]
    public async Task EveryStatement_Plan_UsesAnIndex()
    {
        await using var transaction = await Database.BeginWriteAsync(Cancel);
        await ReadEverythingAsync(transaction);
        await WriteEverythingAsync(transaction);

        var scans = new List<string>();
        foreach (var text in transaction.Texts.ToList())
        {
            scans.AddRange((await PlanAsync(transaction, text)).Where(IsScan).Select(step => $"{step}\n  in {text}"));
        }

        scans.ShouldBeEmpty();
    }

    // Pruning model lists reads every status, once a day.
    private static bool IsScan(string step) =>
        Growing().IsMatch(step) && step != "SCAN key_status" && !s_partial.Contains(step[(step.LastIndexOf(' ') + 1)..]);

    [GeneratedRegex(
        "^SCAN (discovered_key|key_status|key_version|key_transition|check_run|finding|outbox|audit|waiting|earlier|old|told)\\b")]
    private static partial Regex Growing();

    private static Task<List<string>> PlanAsync(StateTransaction transaction, string text) => transaction
        .Prepare($"EXPLAIN QUERY PLAN {text}")
        .ReadAsync(
            row =>
            {
                _ = (row.Int(), row.Int(), row.Int());
                return row.Text();
            },
            Cancel);
}

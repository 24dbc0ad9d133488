using System.Globalization;
using KeyRotator.Alerts;
using KeyRotator.EndToEnd.Support;
using KeyRotator.Findings;
using KeyRotator.State;
using Shouldly;
using Xunit;

namespace KeyRotator.EndToEnd;

/// <summary><c>kill -9</c> while a full outbox is drained, and two processes that drain it at once.</summary>
public sealed class DeliveryKillTests
{
    private const int Kills = 40;
    private const int Findings = 1500;
    private static readonly string[] s_occasions = ["trigger", "resolved"];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = 1_800_000)]
    public async Task Check_KilledBetweenSendAndRecord_RepeatsOneMessageAKillAtMostAndLosesNone()
    {
        await using var site = await Site.StartAsync("one");
        (await site.RunAsync("check")).ExitCode.ShouldBe(0);
        await FillAsync(site);
        var random = new Random();
        var kills = 0;
        while (kills < Kills && site.Inbox.All.Count < 2 * Findings)
        {
            await using var check = site.Start("check");
            for (var messages = random.Next(60); messages >= 0 && site.Inbox.All.Count < 2 * Findings; messages--)
            {
                await site.Inbox.NextAsync(Token);
            }

            check.Kill();
            kills++;
            await site.AgeAsync();
        }

        await DrainAsync(site, processes: 1);

        ShouldHaveAllInOrder(site, kills);
        TestContext.Current.TestOutputHelper?.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{kills} kills, {site.Inbox.All.Count - (2 * Findings)} repeats"));
    }

    [Fact(Timeout = 300_000)]
    public async Task Check_TwoAtOnce_DeliverEachMessageOnce()
    {
        await using var site = await Site.StartAsync("one");
        (await site.RunAsync("check")).ExitCode.ShouldBe(0);
        await FillAsync(site);

        await DrainAsync(site, processes: 2);

        ShouldHaveAllInOrder(site, repeats: 0);
    }

    // A check spends no more than its budget on alerts: what a slow machine leaves is the next one's.
    private static async Task DrainAsync(Site site, int processes)
    {
        int before;
        do
        {
            before = site.Inbox.All.Count;
            var ended = await Task.WhenAll(Enumerable.Range(0, processes).Select(_ => site.RunAsync("check")));
            ended.ShouldAllBe(process => process.ExitCode == 0);
        }
        while (await WaitingAsync(site) > 0 && site.Inbox.All.Count > before);
    }

    private static async Task<int> WaitingAsync(Site site)
    {
        await using var state = await site.OpenStateAsync();
        await using var transaction = await state.BeginReadAsync(Token);
        return (await transaction.Prepare("SELECT count(*) FROM outbox WHERE finished_at IS NULL").ReadAsync(row => row.Int(), Token)).Single();
    }

    private static async Task FillAsync(Site site)
    {
        await using var state = await site.OpenStateAsync();
        await using var transaction = await state.BeginWriteAsync(Token);
        OutboxMessage[] messages = [.. s_occasions.SelectMany(occasion => Enumerable.Range(1, Findings).Select(id => Message(id, occasion)))];
        await OutboxTable.EnqueueAsync(transaction, messages, Token);
        await transaction.CommitAsync(Token);
    }

    // Findings of numbers that the ledger has not given yet.
    private static OutboxMessage Message(int number, string occasion)
    {
        var now = TimeProvider.System.GetUtcNow();
        var alert = new Alert
        {
            Id = string.Create(CultureInfo.InvariantCulture, $"{number}-{occasion}"),
            Kind = occasion == "trigger" ? AlertKind.Trigger : AlertKind.Resolved,
            At = now,
            Severity = Severity.Critical,
        };
        return new(1_000_000 + number, "ops", occasion, alert, now);
    }

    private static void ShouldHaveAllInOrder(Site site, int repeats)
    {
        string[] arrived = [.. site.Inbox.All.Select(message => message.Id)];
        string[] first = [.. arrived.Distinct()];
        first.Length.ShouldBe(2 * Findings);
        (arrived.Length - first.Length).ShouldBeLessThanOrEqualTo(repeats);
        first.GroupBy(id => id.Split('-')[0]).ShouldAllBe(finding => finding.Select(id => id.Split('-')[1]).SequenceEqual(s_occasions));
    }
}

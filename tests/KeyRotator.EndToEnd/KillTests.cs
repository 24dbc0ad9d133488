using KeyRotator.EndToEnd.Support;
using KeyRotator.Findings;
using KeyRotator.State;
using Shouldly;
using Xunit;

namespace KeyRotator.EndToEnd;

/// <summary><c>kill -9</c> at any moment.</summary>
public sealed class KillTests
{
    private const int Rounds = 20;
    private const int MostDelay = 3000;
    private static readonly string[] s_ids = ["a", "b", "c", "d", "e", "f", "g", "h"];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = 600_000)]
    public async Task Check_KilledAgainAndAgain_LosesNothingAndRepeatsLittle()
    {
        await using var site = await Site.StartAsync(s_ids);
        var random = new Random();
        string[] bad = [];
        var kills = 0;
        for (var round = 0; round < Rounds; round++)
        {
            bad = Turn(site, bad, random.GetItems(s_ids, 2));
            kills += await KillAsync(site, TimeSpan.FromMilliseconds(random.Next(MostDelay))) ? 1 : 0;
            await site.AgeAsync();
        }

        await FinishAsync(site);

        (await OpenAsync(site)).ShouldBe(bad.Distinct().Order());
        await ShouldHaveAllAsync(site);
        var repeats = site.Inbox.All.Count - site.Inbox.All.DistinctBy(message => message.Id).Count();
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{kills} kills in {Rounds} rounds, {site.Inbox.All.Count} messages, {repeats} of them repeats");
        repeats.ShouldBeLessThanOrEqualTo(kills);
        s_ids.ToList().ForEach(id => ShouldAlternate(site, id, bad.Contains(id)));
        site.ShouldHaveNoneOnDisk();
    }

    // Two keys of eight at most are bad at a time, so that no outage is seen in it.
    private static string[] Turn(Site site, string[] before, string[] now)
    {
        Array.ForEach(before, site.Restore);
        Array.ForEach(now, site.Revoke);
        return now;
    }

    // False where it ended before the kill.
    private static async Task<bool> KillAsync(Site site, TimeSpan after)
    {
        await using var check = site.Start("check");
        try
        {
            await check.EndAsync(Token, after);
            return false;
        }
        catch (TimeoutException)
        {
            check.Kill();
            return true;
        }
    }

    // A pass that was killed may leave keys of several rounds rejected, which is a burst: its hold ends in the second pass at the latest.
    private static async Task FinishAsync(Site site)
    {
        for (var pass = 0; pass < 3; pass++)
        {
            var check = await site.RunAsync("check");
            int[] expected = pass == 0 ? [0, 3] : [3];
            expected.ShouldContain(check.ExitCode, check.Out + check.Error);
            await site.AgeAsync();
        }
    }

    private static async Task<IEnumerable<string>> OpenAsync(Site site)
    {
        await using var state = await site.OpenStateAsync();
        await using var transaction = await state.BeginReadAsync(Token);
        (await transaction.Prepare("PRAGMA integrity_check").ReadAsync(row => row.Text(), Token)).ShouldBe(["ok"]);
        var open = await FindingTable.OpenForAsync(transaction, FindingReason.KeyRejected, Token);
        return open.Select(finding => finding.Key.Subject.Name).Order();
    }

    // Every message that was ever queued has arrived, or was never due to anybody.
    private static async Task ShouldHaveAllAsync(Site site)
    {
        await using var state = await site.OpenStateAsync();
        await using var transaction = await state.BeginReadAsync(Token);
        var outbox = await transaction.Prepare("SELECT coalesce(outcome, 'Waiting') || ' ' || json_extract(alert, '$.id') FROM outbox")
            .ReadAsync(row => row.Text(), Token);
        var arrived = site.Inbox.All.Select(message => $"Delivered {message.Id}").ToHashSet();
        outbox.Where(message => !message.StartsWith("Cancelled", StringComparison.Ordinal)).Except(arrived).ShouldBeEmpty();
    }

    // Trigger, resolved, trigger …: what its receiver would believe of the key is true at the end.
    private static void ShouldAlternate(Site site, string id, bool isBad)
    {
        var told = site.Inbox.All.DistinctBy(message => message.Id).SelectMany(Inbox.Lines)
            .Where(line => line.EndsWith($" {id}", StringComparison.Ordinal)).ToList();
        told.ShouldBe([.. told.Select((_, index) => $"{(index % 2 == 0 ? "Trigger" : "Resolved")} KeyRejected {id}")]);
        (told.Count % 2 == 1).ShouldBe(isBad, id);
    }
}

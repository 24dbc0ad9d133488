using KeyRotator.Alerts;
using KeyRotator.Findings;
using KeyRotator.State;
using KeyRotator.Tests.Support;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Alerts;

/// <summary>What receivers hear after an outage: all that is still true, the end of what they may have heard, and nothing else.</summary>
public sealed class DeliveryOutageTests
{
    private static readonly TimeSpan s_round = TimeSpan.FromMinutes(5);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Drain_ReceiverDownForADay_TellsWhatIsOpenAndNothingThatWasOver()
    {
        var isUp = false;
        var http = new ScriptedHttp()
            .Answer(_ => isUp ? ScriptedHttp.Message(200) : throw new HttpRequestException(HttpRequestError.ConnectionError));
        await using var dispatching = await Dispatching.StartAsync(http);
        var open = new List<Finding>();
        for (var round = 0; round < 288; round++)
        {
            open.Add(await OpenAsync(dispatching, round));
            await (round % 3 == 2 ? EndAsync(dispatching, open, open[round / 3 % open.Count]) : Task.CompletedTask);
            await DrainAsync(dispatching);
        }

        var before = http.Requests.Count;
        isUp = true;
        for (var round = 0; round < 60; round++)
        {
            await DrainAsync(dispatching);
        }

        var arrived = dispatching.SentIds.Skip(before).ToList();
        arrived.Order().ShouldBe(open.Select(finding => $"{finding.Id}-trigger-ops").Order());
        (await dispatching.BacklogAsync()).Waiting.ShouldBe(0);
    }

    [Fact]
    public async Task Drain_AnswersAfterTheTimeout_RepeatsTheIdAndTellsOfTheEnd()
    {
        var http = new ScriptedHttp().Hang().Answer(200);
        await using var dispatching = await Dispatching.StartAsync(http);
        List<Finding> open = [await OpenAsync(dispatching, 1)];
        var first = open[0].Id;
        var hanging = dispatching.DrainAsync();
        dispatching.Clock.Advance(AlertSender.Timeout);
        (await hanging).Failed.ShouldBe(1);

        await EndAsync(dispatching, open, open[0]);
        dispatching.Clock.Advance(s_round);
        await dispatching.DrainAsync();

        dispatching.SentIds.ShouldBe([$"{first}-trigger-ops", $"{first}-trigger-ops", $"{first}-resolved-ops"]);
        dispatching.SentIds.Distinct().Count().ShouldBe(2, "folded by id it is told once, and is over");
    }

    private static async Task DrainAsync(Dispatching dispatching)
    {
        Token.ThrowIfCancellationRequested();
        await dispatching.DrainAsync();
        await dispatching.TidyAsync(OutboxTidying.MostWaiting);
        dispatching.Clock.Advance(s_round);
    }

    private static async Task<Finding> OpenAsync(Dispatching dispatching, int number)
    {
        var claim = new FindingClaim
        {
            Key = new(FindingSubject.Key($"key-{number}"), FindingReason.KeyRejected, 1, ""),
            Severity = Severity.Critical,
            Message = "It is dead.",
        };
        await using var transaction = await dispatching.Database.BeginWriteAsync(Token);
        var finding = await FindingTable.InsertAsync(transaction, claim, dispatching.Clock.GetUtcNow(), null, null, Token);
        await OutboxTable.EnqueueAsync(transaction, [Dispatching.Message(finding.Id)], Token);
        await transaction.CommitAsync(Token);
        return finding;
    }

    // As the ledger does it: an end is told where the finding may have been.
    private static async Task EndAsync(Dispatching dispatching, List<Finding> open, Finding finding)
    {
        open.Remove(finding);
        var now = dispatching.Clock.GetUtcNow();
        await using var transaction = await dispatching.Database.BeginWriteAsync(Token);
        await FindingTable.UpdateAsync(transaction, finding with { ResolvedAt = now }, Token);
        var told = await OutboxTable.CancelUntoldAsync(transaction, finding.Id, now, Token);
        await OutboxTable.EnqueueAsync(transaction, [.. told.Select(channel => Dispatching.Message(finding.Id, "resolved", channel))], Token);
        await transaction.CommitAsync(Token);
    }
}

using KeyRotator.Alerts;
using KeyRotator.Findings;
using KeyRotator.State;
using KeyRotator.Tests.Support;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Alerts;

/// <summary>Who heard of a finding in a digest hears of its end, and in that order.</summary>
public sealed class DigestTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Digest_NotDeliveredYet_TheResolveOfItsFindingsComesAfterIt()
    {
        await using var dispatching = await Dispatching.StartAsync(new ScriptedHttp().Answer(503).Answer(200));
        await dispatching.EnqueueAsync(Digest(1, 2));
        await dispatching.DrainAsync();

        (await dispatching.CancelUntoldAsync(2)).ShouldBe(["ops"]);
        await dispatching.EnqueueAsync(Dispatching.Message(2, "resolved"), Dispatching.Message(3));
        await dispatching.DrainAsync();
        dispatching.Clock.Advance(TimeSpan.FromSeconds(5));
        await dispatching.DrainAsync();

        dispatching.SentIds.ShouldBe(["digest", "3-trigger-ops", "digest", "2-resolved-ops"]);
    }

    [Fact]
    public async Task CancelUntold_FindingNobodyHeardOf_IsToldNowhere()
    {
        await using var dispatching = await Dispatching.StartAsync(new ScriptedHttp().Answer(200));
        await dispatching.EnqueueAsync(Digest(1, 2), Dispatching.Message(3));

        (await dispatching.CancelUntoldAsync(3)).ShouldBeEmpty();
        await dispatching.DrainAsync();

        dispatching.SentIds.ShouldBe(["digest"]);
    }

    [Theory]
    [InlineData(false, true)]
    [InlineData(true, false)] // nobody is left to be told
    public async Task Prune_DigestOfAnOpenFinding_IsKept(bool isResolved, bool isKept)
    {
        await using var dispatching = await Dispatching.StartAsync(new ScriptedHttp().Answer(200));
        var finding = await OpenAsync(dispatching);
        await dispatching.EnqueueAsync(Digest(finding.Id));
        await dispatching.DrainAsync();

        await UpkeepAsync(dispatching, isResolved ? finding with { ResolvedAt = AnAlert.At } : finding);

        (await dispatching.CancelUntoldAsync(finding.Id)).Count.ShouldBe(isKept ? 1 : 0);
    }

    private static async Task<Finding> OpenAsync(Dispatching dispatching)
    {
        var claim = new FindingClaim
        {
            Key = new FindingKey(FindingSubject.Key("mistral-prod"), FindingReason.RotationOverdue, 1, ""),
            Severity = Severity.Warning,
            Message = "It is old.",
        };
        await using var transaction = await dispatching.Database.BeginWriteAsync(Token);
        var finding = await FindingTable.InsertAsync(transaction, claim, AnAlert.At, null, null, Token);
        await transaction.CommitAsync(Token);
        return finding;
    }

    private static async Task UpkeepAsync(Dispatching dispatching, Finding finding)
    {
        await using var transaction = await dispatching.Database.BeginWriteAsync(Token);
        await FindingTable.UpdateAsync(transaction, finding, Token);
        await OutboxTable.PruneAsync(transaction, AnAlert.At.AddDays(30), 100, Token);
        await transaction.CommitAsync(Token);
    }

    private static OutboxMessage Digest(params long[] findings) =>
        new(null, "ops", "digest-1", AnAlert.Of(AlertKind.Digest, AnAlert.Finding()) with { Id = "digest" }, AnAlert.At) { Digested = findings };
}

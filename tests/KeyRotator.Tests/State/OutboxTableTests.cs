using System.Text.Json;
using KeyRotator.Alerts;
using KeyRotator.Findings;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.State;

public abstract class OutboxTableTests<TEngine> : OutboxSuite<TEngine>
    where TEngine : ITestEngine, new()
{
    [Fact]
    public async Task Claim_Message_CarriesTheWholeAlert()
    {
        var alert = Full();
        await EnqueueAsync(Message(1) with { Alert = alert });

        var claimed = (await ClaimAsync()).Single();

        JsonSerializer.Serialize(claimed.Alert).ShouldBe(JsonSerializer.Serialize(alert));
        claimed.ShouldBe(new(claimed.Sequence, 1, "ops", claimed.Alert, 0, alert.At));
    }

    [Fact]
    public async Task Enqueue_SameOccasionTwice_TellsOnce()
    {
        await EnqueueAsync(Message(1), Message(1), Message(1, "ops", "rung-7"), Message(1, "audit"), Message(2));

        (await BacklogAsync()).Select(channel => (channel.Channel, channel.Waiting)).ShouldBe([("audit", 1), ("ops", 3)]);
    }

    [Fact]
    public async Task Enqueue_SameOccasionAfterDelivery_TellsOnce()
    {
        await EnqueueAsync(Message(1));
        await DeliverAsync((await ClaimAsync()).Single());

        await EnqueueAsync(Message(1));

        (await ClaimAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Claim_SeveralOfOneFinding_ComeOneByOneInOrder()
    {
        await EnqueueAsync(Message(1), Message(1, occasion: "reminder-1"), Message(1, occasion: "resolved"));

        var occasions = new List<string>();
        while ((await ClaimAsync()).SingleOrDefault() is { } claimed)
        {
            occasions.Add(claimed.Alert.Id);
            await DeliverAsync(claimed);
        }

        occasions.ShouldBe(["1/trigger", "1/reminder-1", "1/resolved"]);
    }

    [Theory]
    [InlineData(DeliveryOutcome.Delivered, true)]
    [InlineData(DeliveryOutcome.Refused, true)]
    [InlineData(DeliveryOutcome.Retry, false)] // waits, and all after it wait
    [InlineData(DeliveryOutcome.Gone, false)] // the channel is disabled
    public async Task Record_Outcome_FreesTheNextOrNot(DeliveryOutcome outcome, bool free)
    {
        await EnqueueAsync(Message(1), Message(1, occasion: "resolved"));
        await RecordAsync((await ClaimAsync()).Single(), outcome, Now.AddMinutes(1));

        (await ClaimAsync()).Select(claimed => claimed.Alert.Id).ShouldBe(free ? ["1/resolved"] : []);
    }

    [Fact]
    public async Task Claim_SeparateFindingsAndDigests_ComeTogetherInOrder()
    {
        var digest = Message(null, occasion: "digest");
        await EnqueueAsync(digest, Message(2), digest, Message(1), Message(2, "audit"));

        (await ClaimAsync()).Select(claimed => claimed.Alert.Id).ShouldBe(["/digest", "2/trigger", "/digest", "1/trigger"]);
    }

    [Fact]
    public async Task Claim_Limit_GivesTheFirst()
    {
        await EnqueueAsync(Message(3), Message(2), Message(1));

        (await ClaimAsync(limit: 2)).Select(claimed => claimed.Alert.Id).ShouldBe(["3/trigger", "2/trigger"]);
        (await ClaimAsync(limit: 2)).Select(claimed => claimed.Alert.Id).ShouldBe(["1/trigger"]);
    }

    [Fact]
    public async Task Claim_ClockSetBackBetween_KeepsTheSequence()
    {
        await EnqueueAsync(Message(1) with { Alert = Alert("late", Now), NotBefore = Now.AddHours(-2) });
        await EnqueueAsync(Message(2) with { Alert = Alert("early", Now.AddDays(-1)), NotBefore = Now.AddDays(-1) });

        (await ClaimAsync()).Select(claimed => claimed.Alert.Id).ShouldBe(["late", "early"]);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(-1, 0)]
    public async Task Claim_NotBefore_IsHalfOpen(int ticks, int expected)
    {
        await EnqueueAsync(Message(1));

        (await ClaimAsync(Now.AddTicks(ticks))).Count.ShouldBe(expected);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(-1, 0)]
    public async Task Claim_DuringALease_WaitsForItsEnd(int ticks, int expected)
    {
        await EnqueueAsync(Message(1));
        await ClaimAsync();

        var again = await ClaimAsync(Now.AddMinutes(1).AddTicks(ticks));

        again.Count.ShouldBe(expected);
        again.ShouldAllBe(claimed => claimed.Fence == 2 && claimed.Attempts == 1);
    }

    [Theory]
    [InlineData(DeliveryOutcome.Delivered)]
    [InlineData(DeliveryOutcome.Retry)]
    [InlineData(DeliveryOutcome.Refused)]
    [InlineData(DeliveryOutcome.Gone)]
    public async Task Record_FenceMovedOn_ChangesNothing(DeliveryOutcome outcome)
    {
        await EnqueueAsync(Message(1));
        var late = (await ClaimAsync()).Single();
        var current = (await ClaimAsync(Now.AddHours(1))).Single();

        (await RecordAsync(late, outcome, Now.AddHours(9))).ShouldBeFalse();

        (await BacklogAsync()).Single().ShouldBe(new("ops", 1, Now, null, null, 0, null, null));
        (await DeliverAsync(current)).ShouldBeTrue();
    }

    [Fact]
    public async Task Record_Twice_CountsOnce()
    {
        await EnqueueAsync(Message(1));
        var claimed = (await ClaimAsync()).Single();

        (await DeliverAsync(claimed)).ShouldBeTrue();
        (await RecordAsync(claimed, DeliveryOutcome.Refused)).ShouldBeFalse();
    }

    [Fact]
    public async Task Record_Retry_ComesAgainAtItsTime()
    {
        await EnqueueAsync(Message(1));
        await RecordAsync((await ClaimAsync()).Single(), DeliveryOutcome.Retry, Now.AddSeconds(9));

        (await ClaimAsync(Now.AddSeconds(9).AddTicks(-1))).ShouldBeEmpty();
        (await ClaimAsync(Now.AddSeconds(9))).Single().Attempts.ShouldBe(1);
    }

    private static Alert Full() => Alert("a", Now) with
    {
        Kind = AlertKind.Resolved,
        Severity = Severity.Critical,
        Findings =
        [
            new()
            {
                Id = "f",
                Reason = FindingReason.KeyExpiring,
                Severity = Severity.Warning,
                SubjectKind = SubjectKind.Provider,
                Subject = "ключ \"q\"",
                Message = "It's <late>.",
                OpenedAt = Now,
                ResolvedAt = Now.AddTicks(3),
                Rung = 7,
                Provider = "mistral",
                Environment = "prod",
                Owner = "o",
                Fingerprint = "3f2a9c01b7de",
                ExpiresAt = Now.AddDays(1),
                ConsoleUrl = "https://console.example/keys",
            },
        ],
    };
}

public sealed class SqliteFileOutboxTableTests : OutboxTableTests<SqliteFileEngine>;

public sealed class PostgresOutboxTableTests : OutboxTableTests<PostgresTestEngine>;

public sealed class SqliteMemoryOutboxTableTests : OutboxTableTests<SqliteMemoryEngine>;

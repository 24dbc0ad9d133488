using KeyRotator.Alerts;
using KeyRotator.Findings;
using KeyRotator.State;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.State;

/// <summary>Messages that wait to be told together.</summary>
public abstract class OutboxGatheringTests<TEngine> : OutboxSuite<TEngine>
    where TEngine : ITestEngine, new()
{
    private static readonly TimeSpan s_every = TimeSpan.FromMinutes(5);
    private static readonly MessageGroup s_group = new("ops", "g", s_every);

    [Fact]
    public async Task Waiting_NobodyClaims()
    {
        await EnqueueAsync(Waiting(5), Message(1));

        (await ClaimAsync()).Select(claimed => claimed.Alert.Id).ShouldBe(["1/trigger"]);
    }

    [Fact]
    public async Task Due_WaitIsNotOver_IsNotYetButAfterAPass()
    {
        await EnqueueAsync(Waiting(5) with { NotBefore = Now.AddSeconds(30) });

        (await DueAsync()).ShouldBeEmpty();
        (await DueAsync(at: Now.AddSeconds(30))).ShouldBe([s_group]);
        (await DueAsync(GatherScope.Pass)).ShouldBe([s_group]);
    }

    [Fact]
    public async Task Due_NotReady_IsNotEvenAfterAPass()
    {
        await EnqueueAsync(Waiting(5) with { NotBefore = Now.AddMinutes(2), ReadyAt = Now.AddMinutes(1) });

        (await DueAsync(GatherScope.Pass)).ShouldBeEmpty();
        (await DueAsync(GatherScope.Pass, Now.AddMinutes(1))).ShouldBe([s_group]);
    }

    [Fact]
    public async Task Due_Held_IsNotUntilTheHoldEnds()
    {
        await EnqueueAsync(Waiting(5));
        await WriteAsync(transaction => OutboxTable.HoldAsync(transaction, [5], Now.AddMinutes(30), Cancel));

        (await DueAsync(GatherScope.Pass)).ShouldBeEmpty();
        (await DueAsync(at: Now.AddMinutes(30))).ShouldBe([s_group]);
    }

    [Fact]
    public async Task Expedite_Silenced_IsReadyAsSoonAsTheSilenceIsOver()
    {
        await EnqueueAsync(Waiting(5) with { SilenceId = 1, NotBefore = Now.AddHours(1), ReadyAt = Now.AddMinutes(2) });

        await WriteAsync(transaction => OutboxTable.ExpediteAsync(transaction, [5], Now, Cancel));
        (await DueAsync(GatherScope.Pass)).ShouldBeEmpty("the silence holds");
        await WriteAsync(transaction => SilencedMessages.ReleaseAsync(transaction, Now, Cancel));

        (await DueAsync()).ShouldBe([s_group]);
        (await ReadyAsync()).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Due_ToldShortlyBefore_WaitsForTheInterval()
    {
        await EnqueueAsync(Waiting(5));
        await WriteAsync(transaction => OutboxGroupTable.NoteToldAsync(transaction, s_group, Now, Cancel));

        (await DueAsync(at: Now.AddMinutes(5).AddTicks(-1))).ShouldBeEmpty();
        (await DueAsync(at: Now.AddMinutes(5))).ShouldBe([s_group]);
        (await DueAsync(at: Now.AddTicks(-1))).ShouldBeEmpty("not due yet by that clock");
        (await DueAsync(GatherScope.Pass)).ShouldBe([s_group], "a pass has no interval");
    }

    [Fact]
    public async Task Due_ClockWasSetBack_IsNotHeldByATimeAhead()
    {
        await EnqueueAsync(Waiting(5));
        await WriteAsync(transaction => OutboxGroupTable.NoteToldAsync(transaction, s_group, Now.AddDays(1), Cancel));

        (await DueAsync()).ShouldBe([s_group]);
    }

    [Fact]
    public async Task Ready_ComesNewestFirstWithWhatDecides()
    {
        await EnqueueAsync(Waiting(5), Waiting(4), Waiting(9, "audit"), Waiting(3) with { ReadyAt = Now.AddTicks(1) });

        var ready = await ReadyAsync();

        ready.Select(message => message.Finding).ShouldBe([4, 5]);
        ready[0].ShouldBe(new GatheredMessage
        {
            Sequence = ready[0].Sequence,
            Finding = 4,
            Id = "4/trigger",
            Kind = AlertKind.Trigger,
            Severity = Severity.Critical,
            Reason = FindingReason.KeyRejected,
            OpenedAt = Now,
        });
    }

    [Fact]
    public async Task Ready_EarlierMessageOfItsFindingIsOnItsWay_Waits()
    {
        await EnqueueAsync(Message(5), Waiting(5, occasion: "resolved"));
        (await ReadyAsync()).ShouldBeEmpty();

        await DeliverAsync((await ClaimAsync()).Single());

        (await ReadyAsync()).Single().ShouldSatisfyAllConditions(
            message => message.Id.ShouldBe("5/resolved"), message => message.WasTold.ShouldBeTrue());
    }

    [Fact]
    public async Task Ready_DigestOfItsFindingIsOnItsWay_Waits()
    {
        await EnqueueAsync(Message(null, occasion: "group-1") with { Digested = [5] }, Waiting(5, occasion: "resolved"));
        (await ReadyAsync()).ShouldBeEmpty();

        await DeliverAsync((await ClaimAsync()).Single());

        (await ReadyAsync()).Select(message => message.Finding).ShouldBe([5]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Ready_PastFindingOfItsNameIsOnItsWay_Waits(bool isDigest)
    {
        var past = await OpenAsync("one");
        await EnqueueAsync(isDigest ? Message(null, occasion: "group-1") with { Digested = [past.Id] } : Message(past.Id));
        await ResolveAsync(past);
        await EnqueueAsync(Waiting(past.Id, occasion: "resolved"));
        var again = await OpenAsync("one");
        var other = await OpenAsync("other");
        await EnqueueAsync(Waiting(again.Id), Waiting(other.Id), Waiting(again.Id, "audit"));

        (await ReadyAsync()).Select(message => message.Finding).ShouldBe([other.Id]);
        (await ReadyAsync(s_group with { Channel = "audit" })).Select(message => message.Finding).ShouldBe([again.Id], "the other channel's way");

        await DeliverAsync((await ClaimAsync()).Single());
        (await ReadyAsync()).Select(message => message.Finding).ShouldBe([other.Id, again.Id, past.Id]);
    }

    [Fact]
    public async Task Ready_PastFindingOfItsNameWaitsForOthers_IsNotHeldByIt()
    {
        var past = await OpenAsync("one");
        await EnqueueAsync(Waiting(past.Id) with { Group = s_group with { Key = "daily" }, ReadyAt = Now.AddDays(1) });
        await ResolveAsync(past);
        var again = await OpenAsync("one");
        await EnqueueAsync(Waiting(again.Id));

        (await ReadyAsync()).Select(message => message.Finding).ShouldBe([again.Id]);
    }

    [Fact]
    public async Task Release_Waiting_IsToldByItself()
    {
        await EnqueueAsync(Waiting(5));
        var waiting = (await ReadyAsync()).Single();

        await WriteAsync(transaction => OutboxGroupTable.ReleaseAsync(transaction, waiting.Sequence, Now, Cancel));

        (await ClaimAsync()).Select(claimed => claimed.Alert.Id).ShouldBe(["5/trigger"]);
        (await DueAsync(GatherScope.Pass)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Close_Waiting_IsToldNoMoreAndLaterMessagesGoOn()
    {
        await EnqueueAsync(Waiting(5), Message(5, occasion: "rung-7"));
        (await ClaimAsync()).ShouldBeEmpty("the first comes first");
        await WriteAsync(async transaction =>
        {
            var ready = await transaction.Prepare("SELECT sequence FROM outbox WHERE gathers").ReadAsync(row => row.Long(), Cancel);
            await OutboxGroupTable.CloseAsync(transaction, ready, GatheredEnd.Digested, Now, Cancel);
        });
        await EnqueueAsync(Waiting(5));

        (await ClaimAsync()).Select(claimed => claimed.Alert.Id).ShouldBe(["5/rung-7"]);
        (await DueAsync(GatherScope.Pass)).ShouldBeEmpty("it was there already");
    }

    [Fact]
    public async Task Ready_ResolvedBefore_IsToldNowhere()
    {
        await EnqueueAsync(Waiting(5));

        (await WriteAsync(transaction => OutboxTable.CancelUntoldAsync(transaction, 5, Now, Cancel))).ShouldBeEmpty();

        (await ReadyAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Enqueue_ReminderOfWhatTheChannelIsStillToBeTold_IsLeftOut()
    {
        await EnqueueAsync(Waiting(5));
        await EnqueueAsync(Reminder(5), Reminder(6));

        (await ReadyAsync()).Select(message => message.Id).ShouldBe(["6/reminder-1", "5/trigger"]);
    }

    [Fact]
    public async Task Incident_EndsWithTheLastOfItsFindings()
    {
        var (one, other) = (await OpenAsync("one"), await OpenAsync("other"));
        await WriteAsync(transaction => OutboxGroupTable.JoinAsync(transaction, "ops", "inc", [one.Id, other.Id], Cancel));
        await WriteAsync(transaction => OutboxGroupTable.JoinAsync(transaction, "ops", "another", [one.Id], Cancel));
        await EnqueueAsync(Waiting(one.Id, occasion: "resolved"));

        (await ReadyAsync()).Single().Incident.ShouldBe("inc", "a finding stays with its first");
        await ResolveAsync(one);
        (await OpenMembersAsync()).ShouldBe(1);
        await ResolveAsync(other);
        (await OpenMembersAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task Prune_OldGroupsAndIncidentsOfForgottenFindings_Go()
    {
        var finding = await OpenAsync("one");
        await WriteAsync(transaction => OutboxGroupTable.JoinAsync(transaction, "ops", "inc", [finding.Id, 77], Cancel));
        await WriteAsync(transaction => OutboxGroupTable.NoteToldAsync(transaction, s_group, Now, Cancel));

        await WriteAsync(transaction => OutboxGroupTable.PruneAsync(transaction, Now.AddTicks(1), Cancel));

        (await CountAsync("alert_group")).ShouldBe(0);
        (await CountAsync("alert_incident")).ShouldBe(1);
    }

    private static OutboxMessage Waiting(long finding, string channel = "ops", string occasion = "trigger")
    {
        var message = Message(finding, channel, occasion);
        return message with { Group = s_group with { Channel = channel }, Alert = message.Alert with { Findings = [Shown] } };
    }

    private static OutboxMessage Reminder(long finding)
    {
        var message = Waiting(finding, occasion: "reminder-1");
        return message with { Alert = message.Alert with { Kind = AlertKind.Reminder } };
    }

    private static AlertFinding Shown => new()
    {
        Id = "fnd_1",
        Reason = FindingReason.KeyRejected,
        Severity = Severity.Critical,
        SubjectKind = SubjectKind.Key,
        Subject = "mistral-prod",
        Message = "It is bad.",
        OpenedAt = Now,
    };

    private Task<Finding> OpenAsync(string key) => WriteAsync(transaction => FindingTable.InsertAsync(
        transaction,
        new FindingClaim
        {
            Key = new(FindingSubject.Key(key), FindingReason.KeyRejected, 1, ""),
            Severity = Severity.Critical,
            Message = "It is bad.",
        },
        Now, null, null, Cancel));

    private Task ResolveAsync(Finding finding) =>
        WriteAsync(transaction => FindingTable.UpdateAsync(transaction, finding with { ResolvedAt = Now }, Cancel));

    private Task<long> OpenMembersAsync() =>
        ReadAsync(transaction => OutboxGroupTable.OpenMembersAsync(transaction, "ops", "inc", Cancel));

    private Task<IReadOnlyList<MessageGroup>> DueAsync(GatherScope scope = GatherScope.Due, DateTimeOffset? at = null) =>
        ReadAsync(transaction => OutboxGroupTable.DueAsync(transaction, scope, at ?? Now, Cancel));

    private Task<IReadOnlyList<GatheredMessage>> ReadyAsync(MessageGroup? group = null) =>
        ReadAsync(transaction => OutboxGroupTable.ReadyAsync(transaction, group ?? s_group, Now, Cancel));

    private async Task<long> CountAsync(string table) => (await ReadAsync(
        transaction => transaction.Prepare($"SELECT count(*) FROM {table}").ReadAsync(row => row.Long(), Cancel)))[0];
}

public sealed class SqliteFileOutboxGatheringTests : OutboxGatheringTests<SqliteFileEngine>;

public sealed class PostgresOutboxGatheringTests : OutboxGatheringTests<PostgresTestEngine>;

public sealed class SqliteMemoryOutboxGatheringTests : OutboxGatheringTests<SqliteMemoryEngine>;

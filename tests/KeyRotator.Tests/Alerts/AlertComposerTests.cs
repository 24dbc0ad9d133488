using KeyRotator.Alerts;
using KeyRotator.Findings;
using KeyRotator.State;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Alerts;

public sealed class AlertComposerTests
{
    private static readonly AlertSubjectFacts s_facts =
        new() { Provider = "mistral", Environment = "prod", Owner = "search", Fingerprint = "3f2a9c01b7de" };

    private static readonly Dictionary<string, ChannelSettings> s_channels = new()
    {
        ["ops"] = AnAlert.Channel(),
        ["pager"] = AnAlert.Channel("pager") with { Kind = "pagerduty" },
    };

    private readonly AlertComposer _composer = new("installation", [new() { Channels = ["ops", "audit"] }], s_channels);

    [Theory]
    [InlineData("Opened", "trigger", AlertKind.Trigger)]
    [InlineData("RungReached", "rung-7", AlertKind.Trigger)]
    [InlineData("SeverityGrew", "escalate-Critical-1795255200", AlertKind.Trigger)]
    [InlineData("ReminderDue", "reminder-1795255200", AlertKind.Reminder)]
    public void Compose_Change_HasItsOccasion(string change, string occasion, AlertKind kind)
    {
        var message = Compose(Event(Enum.Parse<FindingEventKind>(change)))[0];

        message.Occasion.ShouldBe(occasion);
        message.Alert.Kind.ShouldBe(kind);
    }

    [Fact]
    public void Compose_Opened_TellsEveryRoutedChannelWithItsOwnMessageId()
    {
        var messages = Compose(Event());

        messages.Select(message => message.Channel).ShouldBe(["ops", "audit"]);
        messages.Select(message => message.Alert.Id).ShouldBeUnique();
        messages.Select(message => message.Alert.Findings.Single().Id).Distinct().Count().ShouldBe(1);
        messages.ShouldAllBe(
            message => message.Finding == 1 && message.Alert.Severity == Severity.Critical && message.Alert.At == AnAlert.At);
    }

    [Fact]
    public void Compose_SameChangeAgain_HasTheSameIds() =>
        Compose(Event()).Select(message => message.Alert.Id).ShouldBe(Compose(Event()).Select(message => message.Alert.Id));

    [Fact]
    public void Compose_OtherInstallation_HasOtherIds()
    {
        var other = new AlertComposer("elsewhere", [new() { Channels = ["ops"] }], s_channels).Compose([Event()], AnAlert.At)[0];

        other.Alert.Id.ShouldNotBe(Compose(Event())[0].Alert.Id);
        other.Alert.Findings[0].Id.ShouldNotBe(Compose(Event())[0].Alert.Findings[0].Id);
    }

    [Fact]
    public void Compose_LifeOfAFinding_HasOneFindingIdAndAMessageIdEach()
    {
        var kinds = Enum.GetValues<FindingEventKind>();

        var messages = kinds.Select(kind => Compose(Event(kind) with { Told = ["ops"] })[0]).ToList();

        messages.Select(message => message.Alert.Findings[0].Id).Distinct().Count().ShouldBe(1);
        messages.Select(message => message.Alert.Id).Distinct().Count().ShouldBe(kinds.Length);
    }

    [Fact]
    public void Compose_Resolved_GoesToWhoWasToldWhateverTheRoutesSay() =>
        Compose(Event(FindingEventKind.Resolved) with { Told = ["pager"] }).Single()
            .ShouldSatisfyAllConditions(message => message.Channel.ShouldBe("pager"), message => message.Occasion.ShouldBe("resolved"));

    [Fact]
    public void Compose_NobodyWasTold_ResolvesNowhere() => Compose(Event(FindingEventKind.Resolved)).ShouldBeEmpty();

    [Theory]
    [InlineData(null, null, 0)]
    [InlineData(2, null, 2)]
    [InlineData(2, 30, 30)] // held for longer
    [InlineData(null, -5, 0)] // a hold that is over
    public void Compose_NotReadyBefore_IsTheLatest(int? guarded, int? held, int expected)
    {
        var change = Event(finding: Finding(1) with { HeldUntil = Minutes(held) }) with { NotBefore = Minutes(guarded) };

        Compose(change).ShouldAllBe(message => message.ReadyAt == AnAlert.At.AddMinutes(expected));
    }

    [Fact]
    public void Compose_ResolvedOverAChannelWithoutRoute_IsGroupedByTheDefaults() =>
        Compose(Event(FindingEventKind.Resolved) with { Told = ["gone"] }).Single().Group.ShouldNotBeNull().Every
            .ShouldBe(AlertRoute.Default.GroupInterval);

    [Fact]
    public void Compose_SameGroup_WhateverTheChange() =>
        Enum.GetValues<FindingEventKind>()
            .SelectMany(kind => Compose(Event(kind) with { Told = ["ops"] }))
            .Where(message => message.Channel == "ops")
            .Select(message => message.Group)
            .Distinct().Count().ShouldBe(1);

    [Fact]
    public void Together_Several_IsOneMessageOfTheirFindings()
    {
        var message = Together("ops", Gathered(3), Gathered(1));

        (message.Finding, message.Channel, message.Alert.Kind, message.Alert.Severity)
            .ShouldBe((null, "ops", AlertKind.Digest, Severity.Warning));
        message.Digested.ShouldBe([3, 1]);
        message.Alert.Findings.Select(finding => finding.Change).ShouldBe([AlertKind.Trigger, AlertKind.Trigger]);
        (message.Alert.Common, message.Alert.Incident).ShouldBe(("KeyRejected, mistral", null));
        message.Alert.Tally.ShouldBe(new AlertTally(2, 0, 0, 0));
    }

    [Fact]
    public void Together_SameMessages_HaveTheSameIdAndOthersAnother()
    {
        var id = Together("ops", Gathered(3), Gathered(1)).Alert.Id;

        Together("ops", Gathered(3), Gathered(1)).Alert.Id.ShouldBe(id);
        Together("ops", Gathered(3), Gathered(2)).Alert.Id.ShouldNotBe(id);
        Together("audit", Gathered(3), Gathered(1)).Alert.Id.ShouldNotBe(id);
    }

    [Fact]
    public void Together_MoreThanAMessageHolds_NamesTheFirstAndCountsAll()
    {
        var message = Together("ops", [.. Enumerable.Range(1, 120).Select(id => Gathered(id))]);

        message.Alert.Findings.Count.ShouldBe(AlertComposer.MaxDigest);
        message.Alert.Omitted.ShouldBe(120 - AlertComposer.MaxDigest);
        message.Digested.Count.ShouldBe(120);
    }

    [Fact]
    public void Together_SomeAreOver_WeighsWhatIsOpen()
    {
        var message = Together("ops", Gathered(1), Gathered(2) with { Kind = AlertKind.Resolved, Severity = Severity.Critical });

        message.Alert.Severity.ShouldBe(Severity.Warning);
        message.Alert.Tally.ShouldBe(new AlertTally(1, 0, 1, 0));
    }

    [Fact]
    public void Together_ChannelWithIncidents_OpensOneThatIsItsOwn()
    {
        var message = Together("pager", Gathered(1), Gathered(2));

        message.Alert.Incident.ShouldBe(message.Alert.Id);
    }

    [Fact]
    public void Compose_Facts_AreShown()
    {
        var shown = Compose(Event())[0].Alert.Findings[0];

        shown.ShouldBe(AnAlert.Finding() with
        {
            Id = shown.Id,
            Message = "It is bad.",
            Rung = 7,
            Provider = "mistral",
            Environment = "prod",
            Owner = "search",
            Fingerprint = "3f2a9c01b7de",
        });
    }

    private static Finding Finding(long id, Severity severity = Severity.Critical) => new()
    {
        Id = id,
        Key = new FindingKey(FindingSubject.Key("mistral-prod"), FindingReason.KeyRejected, 1, ""),
        Severity = severity,
        Message = "It is bad.",
        Rung = 7,
        OpenedAt = AnAlert.At,
        RemindAt = AnAlert.At,
    };

    private static FindingEvent Event(FindingEventKind kind = FindingEventKind.Opened, Finding? finding = null) =>
        new(finding ?? Finding(1), kind, s_facts);

    private static GatheredMessage Gathered(long id) => new()
    {
        Sequence = id + 1_000,
        Finding = id,
        Id = $"msg_{id}",
        Kind = AlertKind.Trigger,
        Severity = Severity.Warning,
        Reason = FindingReason.KeyRejected,
        OpenedAt = AnAlert.At,
        Provider = "mistral",
        Owner = $"team-{id}",
    };

    private OutboxMessage Together(string channel, params IReadOnlyList<GatheredMessage> messages) => _composer.Together(
        channel,
        new PlannedMessage(PlannedKind.Together, messages),
        [.. messages.Take(AlertComposer.MaxDigest).Select(message => AnAlert.Of(message.Kind, AnAlert.Finding()))],
        AnAlert.At);

    private static DateTimeOffset? Minutes(int? minutes) => minutes is { } count ? AnAlert.At.AddMinutes(count) : null;

    private IReadOnlyList<OutboxMessage> Compose(params IReadOnlyList<FindingEvent> events) => _composer.Compose(events, AnAlert.At);
}

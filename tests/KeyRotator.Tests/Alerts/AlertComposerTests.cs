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
    private static readonly AlertSubjectFacts s_new = s_facts with { FirstPass = true };

    private static readonly Dictionary<string, ChannelSettings> s_channels = new()
    {
        ["ops"] = AnAlert.Channel(),
        ["pager"] = AnAlert.Channel("pager") with { Kind = "pagerduty" },
    };

    private readonly AlertComposer _composer = new("installation", [new() { Channels = ["ops", "audit"] }], s_channels);

    [Theory]
    [InlineData("Opened", "trigger", AlertKind.Trigger)]
    [InlineData("RungReached", "rung-7", AlertKind.Trigger)]
    [InlineData("SeverityGrew", "escalate-Critical", AlertKind.Trigger)]
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
    public void Compose_NotBefore_IsTheLatest(int? guarded, int? held, int expected)
    {
        var change = Event(finding: Finding(1) with { HeldUntil = Minutes(held) }) with { NotBefore = Minutes(guarded) };

        Compose(change).ShouldAllBe(message => message.NotBefore == AnAlert.At.AddMinutes(expected));
    }

    [Theory]
    [InlineData(Severity.Critical, false, 0)]
    [InlineData(Severity.Warning, true, 2)]
    [InlineData(Severity.Info, true, 2)]
    public void Compose_FirstPass_WhatIsNotCriticalWaitsToBeGathered(Severity severity, bool gathers, int minutes)
    {
        var composer = new AlertComposer("installation", [new() { Channels = ["ops"], Severities = [severity] }], s_channels);

        var message = composer.Compose([New(1, severity)], AnAlert.At).Single();

        (message.Gathers, message.NotBefore, message.Occasion).ShouldBe((gathers, AnAlert.At.AddMinutes(minutes), "trigger"));
    }

    [Fact]
    public void Compose_FirstPass_IncidentChannelGetsEachFindingByItself()
    {
        var composer = new AlertComposer("installation", [new() { Channels = ["pager", "ops"], Severities = [Severity.Warning] }], s_channels);

        var messages = composer.Compose([New(1, Severity.Warning)], AnAlert.At);

        messages.Select(message => (message.Channel, message.Gathers, message.NotBefore))
            .ShouldBe([("pager", false, AnAlert.At), ("ops", true, AnAlert.At.AddMinutes(2))]);
    }

    [Fact]
    public void Compose_SecondPass_TellsWarningsOneByOne() =>
        Compose(Event(finding: Finding(1, Severity.Warning)), Event(finding: Finding(2, Severity.Warning)))
            .Count(message => !message.Gathers).ShouldBe(4);

    [Fact]
    public void Digest_Several_IsOneMessageOfTheirFindings()
    {
        var digest = _composer.Digest([Gathered(3), Gathered(1)], AnAlert.At);

        (digest.Finding, digest.Channel, digest.Alert.Kind, digest.Alert.Severity)
            .ShouldBe((null, "ops", AlertKind.Digest, Severity.Warning));
        digest.Digested.ShouldBe([3, 1]);
        digest.Alert.Findings.Count.ShouldBe(2);
        digest.Alert.Id.ShouldBe(_composer.Digest([Gathered(3), Gathered(1)], AnAlert.At.AddDays(1)).Alert.Id);
        digest.Alert.Id.ShouldNotBe(_composer.Digest([Gathered(3), Gathered(2)], AnAlert.At).Alert.Id);
    }

    [Fact]
    public void Digest_Large_NamesTheFirstAndCountsAll()
    {
        var digest = _composer.Digest(
            [.. Enumerable.Range(1, 120).Select(id => Gathered(id, isNamed: id <= AlertComposer.MaxDigest))], AnAlert.At);

        digest.Alert.Findings.Count.ShouldBe(AlertComposer.MaxDigest);
        digest.Alert.Omitted.ShouldBe(120 - AlertComposer.MaxDigest);
        digest.Digested.Count.ShouldBe(120);
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

    private static FindingEvent New(long id, Severity severity) => new(Finding(id, severity), FindingEventKind.Opened, s_new);

    private GatheredMessage Gathered(long id, bool isNamed = true) =>
        new(id + 1_000, id, "ops", isNamed ? Compose(New(id, Severity.Warning))[0].Alert : null);

    private static DateTimeOffset? Minutes(int? minutes) => minutes is { } count ? AnAlert.At.AddMinutes(count) : null;

    private IReadOnlyList<OutboxMessage> Compose(params IReadOnlyList<FindingEvent> events) => _composer.Compose(events, AnAlert.At);
}

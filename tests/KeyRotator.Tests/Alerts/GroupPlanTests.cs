using KeyRotator.Alerts;
using KeyRotator.Findings;
using KeyRotator.State;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Alerts;

public sealed class GroupPlanTests
{
    [Fact]
    public void Newest_SeveralOfAFinding_IsTheLastOne() =>
        GroupPlan.Newest([Of(1, sequence: 3), Of(1, sequence: 2), Of(2)]).Select(entry => entry.Sequence).ShouldBe([3, 2]);

    [Fact]
    public void Newest_ReminderAfterAnEscalation_SaysLess() =>
        GroupPlan.Newest([Of(1, AlertKind.Reminder, sequence: 9), Of(1, sequence: 3)]).ShouldHaveSingleItem().Sequence.ShouldBe(3);

    [Fact]
    public void Newest_Order_NewsThenRemindersThenEndsAndWeight() =>
        GroupPlan.Newest(
            [
                Of(1, AlertKind.Resolved), Of(2, AlertKind.Reminder), Of(3) with { Severity = Severity.Warning }, Of(5), Of(4),
            ])
            .Select(entry => entry.Finding).ShouldBe([4, 5, 3, 2, 1]);

    [Theory]
    [InlineData(0, null)]
    [InlineData(1, "Alone")]
    [InlineData(2, "Together")]
    public void Messages_AreOneAtMost(int entries, string? kind) =>
        GroupPlan.Messages([.. Enumerable.Range(1, entries).Select(id => Of(id))])
            .Select(planned => planned.Kind.ToString()).ShouldBe(kind is null ? [] : [kind]);

    [Fact]
    public void Incidents_NotToldBefore_BecomeOne()
    {
        var planned = Incidents(Of(1), Of(2)).ShouldHaveSingleItem();

        (planned.Kind, planned.Tells, planned.Incident).ShouldBe((PlannedKind.Together, AlertKind.Digest, null));
    }

    [Fact]
    public void Incidents_ToldAlone_GoOnAlone() =>
        Incidents(Told(1, AlertKind.Resolved), Told(2, AlertKind.Resolved), Told(3))
            .ShouldAllBe(planned => planned.Kind == PlannedKind.Alone && planned.Entries.Count == 1 && planned.Incident == null);

    [Theory]
    [InlineData(false, "Folded")]
    [InlineData(true, "Together")]
    public void Incidents_MembersEnd_TheIncidentEndsWithTheLast(bool isOver, string kind)
    {
        var planned = Incidents(isOver, In("inc", 1, AlertKind.Resolved), In("inc", 2, AlertKind.Withdrawn)).ShouldHaveSingleItem();

        (planned.Kind.ToString(), planned.Incident).ShouldBe((kind, "inc"));
        planned.Tells.ShouldBe(isOver ? AlertKind.Resolved : AlertKind.Digest);
    }

    [Theory]
    [InlineData(AlertKind.Trigger, AlertKind.Trigger)]
    [InlineData(AlertKind.Reminder, AlertKind.Reminder)]
    public void Incidents_SomethingIsStillOpen_GoesOn(AlertKind news, AlertKind tells)
    {
        var planned = Incidents(In("inc", 1, AlertKind.Resolved), In("inc", 2, news)).ShouldHaveSingleItem();

        (planned.Tells, planned.Incident).ShouldBe((tells, "inc"));
    }

    [Fact]
    public void Incidents_OfTwo_AreTwoMessages() =>
        Incidents(true, In("a", 1, AlertKind.Resolved), In("b", 2, AlertKind.Resolved), Of(3), Told(4)).Count.ShouldBe(4);

    private static IReadOnlyList<PlannedMessage> Incidents(params IReadOnlyList<GatheredMessage> entries) => Incidents(false, entries);

    private static IReadOnlyList<PlannedMessage> Incidents(bool isOver, params IReadOnlyList<GatheredMessage> entries) =>
        GroupPlan.Incidents(entries, _ => isOver);

    private static GatheredMessage Told(long finding, AlertKind kind = AlertKind.Trigger) => Of(finding, kind) with { WasTold = true };

    private static GatheredMessage In(string incident, long finding, AlertKind kind) => Of(finding, kind) with { Incident = incident };

    private static GatheredMessage Of(long finding, AlertKind kind = AlertKind.Trigger, long? sequence = null) => new()
    {
        Sequence = sequence ?? finding,
        Finding = finding,
        Id = $"msg_{finding}_{sequence}",
        Kind = kind,
        Severity = Severity.Critical,
        Reason = FindingReason.KeyRejected,
        OpenedAt = AnAlert.At,
    };
}

using KeyRotator.Alerts;
using KeyRotator.State;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Alerts;

/// <summary>What an operator's trial sends.</summary>
public sealed class TrialAlertsTests
{
    public static TheoryData<string> Kinds => [.. AlertChannels.Kinds];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Of_AnyChannel_IsMarkedAndEndsWhatItOpened(string kind)
    {
        var trial = Of(kind);

        trial.ShouldAllBe(message => message.Alert.IsTrial && message.Alert.Findings.All(finding => finding.Subject == "keyrotator-test"));
        trial[0].Alert.Kind.ShouldBe(AlertKind.Trigger);
        trial[^1].Alert.Kind.ShouldBe(AlertKind.Resolved);
        trial[^1].Alert.Findings.ShouldHaveSingleItem().Id.ShouldBe(trial[0].Alert.Findings[0].Id);
        trial.Select(message => message.Alert.Id).ShouldBeUnique();
        trial.Select(message => message.Occasion).ShouldBeUnique();
    }

    [Theory]
    [InlineData("webhook", "Trigger Reminder Digest Withdrawn Resolved")]
    [InlineData("pagerduty", "Trigger Reminder Withdrawn Resolved")]
    [InlineData("alertmanager", "Trigger Resolved")]
    public void Of_Kind_IsWhatItWouldGet(string kind, string messages) =>
        string.Join(' ', Of(kind).Select(message => message.Alert.Kind)).ShouldBe(messages);

    [Fact]
    public void Of_Digest_TellsOfTwo() =>
        Of("slack").Single(message => message.Alert.Kind is AlertKind.Digest).Alert.Findings.Count.ShouldBe(2);

    private static IReadOnlyList<OutboxMessage> Of(string kind) =>
        TrialAlerts.Of("inst", AnAlert.Channel() with { Kind = kind }, AnAlert.At);
}

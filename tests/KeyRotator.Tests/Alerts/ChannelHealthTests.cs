using KeyRotator.Alerts;
using KeyRotator.Findings;
using KeyRotator.State;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Alerts;

public sealed class ChannelHealthTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(5);

    [Theory]
    [InlineData(3, 0, "http-503", true, "often and long enough")]
    [InlineData(2, 0, "http-503", false, "too seldom")]
    [InlineData(3, -1, "http-503", false, "a tick too short")]
    [InlineData(1, -1, "refused-http-400", true, "a message was given up")]
    public void Assess_Failures_ClaimsOnlyWhatLasts(int failures, int ticks, string error, bool isFailing, string why)
    {
        var claim = ChannelHealth.Assess(Failing(failures, error), AnAlert.At + s_patience + TimeSpan.FromTicks(ticks));

        (claim is not null).ShouldBe(isFailing, why);
    }

    [Fact]
    public void Assess_ReceiverIsGone_ClaimsAtOnce() =>
        ChannelHealth.Assess(Failing(1, "gone") with { DisabledAt = AnAlert.At }, AnAlert.At)
            .ShouldNotBeNull().Message.ShouldContain("410");

    [Fact]
    public void Assess_LastDeliveryWorked_ClaimsNothing() =>
        ChannelHealth.Assess(new ChannelBacklog("ops", 40, AnAlert.At, AnAlert.At, null, 0, null, null), AnAlert.At.AddDays(9))
            .ShouldBeNull();

    [Fact]
    public void Assess_Failing_IsACriticalFindingAboutTheChannel()
    {
        var claim = ChannelHealth.Assess(Failing(3, "timeout"), AnAlert.At + s_patience).ShouldNotBeNull();

        claim.Key.ShouldBe(new FindingKey(FindingSubject.Channel("ops"), FindingReason.AlertDeliveryFailing, 0, ""));
        claim.Severity.ShouldBe(Severity.Critical);
        claim.Message.ShouldBe(
            "Channel ops has taken no alert since 2026-11-21 10:00 UTC: it did not answer in time. Try it with alerts test ops.");
    }

    [Theory]
    [InlineData("refused-http-404", "a message was given up: it answered 404")]
    [InlineData("dns", "its host name does not resolve")]
    [InlineData("a word of a later version", "the cause is not known")]
    [InlineData(null, "the cause is not known")]
    [InlineData("refused-http-200", "a message was given up: it answered 200, but not that it took the message")]
    public void Explain_Word_IsHalfASentence(string? word, string expected) => DeliveryError.Explain(word).ShouldBe(expected);

    private static ChannelBacklog Failing(int failures, string error) => new("ops", 1, AnAlert.At, null, AnAlert.At, failures, error, null);
}

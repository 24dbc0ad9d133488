using FsCheck;
using FsCheck.Fluent;
using KeyRotator.Alerts;
using KeyRotator.State;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Alerts;

public sealed class DeliveryScheduleTests
{
    [Theory]
    [InlineData(1, 5)]
    [InlineData(2, 30)]
    [InlineData(3, 120)]
    [InlineData(4, 600)]
    [InlineData(5, 1_800)]
    [InlineData(6, 3_600)]
    [InlineData(7, 7_200)]
    [InlineData(8, 14_400)]
    [InlineData(9, 14_400)] // and so on
    [InlineData(1_000, 14_400)]
    public void Next_NoJitter_IsTheSchedule(int attempts, int seconds) => Wait(attempts, null, 0).ShouldBe(TimeSpan.FromSeconds(seconds));

    [Theory]
    [InlineData(1, 2, 5)] // the schedule is later
    [InlineData(1, 60, 60)] // the receiver asks for more
    [InlineData(7, 3_600, 7_200)]
    public void Next_RetryAfter_IsTheLaterOfBoth(int attempts, int asked, int seconds) =>
        Wait(attempts, TimeSpan.FromSeconds(asked), 0).ShouldBe(TimeSpan.FromSeconds(seconds));

    [Fact]
    public void Next_Always_IsNotBeforeRetryAfterAndGrowsUpToTheCap() =>
        Prop.ForAll(Inputs, input =>
        {
            var (attempts, asked, jitter) = input;
            var wait = Wait(attempts, asked, jitter);
            return wait >= (asked ?? TimeSpan.Zero)
                && wait <= TimeSpan.FromHours(4) * 1.2
                && (attempts >= 8 || Wait(attempts + 1, asked, 0) * 1.2 >= wait)
                && (attempts >= 8 || Wait(attempts + 1, null, 0) > Wait(attempts, null, jitter));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void MaxAttempts_QuickestSchedule_LastsThreeDays() =>
        TimeSpan.FromTicks(Enumerable.Range(1, DeliverySchedule.MaxAttempts - 1).Sum(attempt => Wait(attempt, null, 0).Ticks))
            .ShouldBeGreaterThan(TimeSpan.FromDays(3));

    [Theory]
    [InlineData(DeliveryOutcome.Delivered, 0, AlertKind.Trigger, DeliveryOutcome.Delivered, false, "done")]
    [InlineData(DeliveryOutcome.Refused, 0, AlertKind.Trigger, DeliveryOutcome.Refused, false, "the receiver's word")]
    [InlineData(DeliveryOutcome.Retry, 0, AlertKind.Trigger, DeliveryOutcome.Retry, true, "first failure")]
    [InlineData(DeliveryOutcome.Retry, 24, AlertKind.Trigger, DeliveryOutcome.Retry, true, "last but one")]
    [InlineData(DeliveryOutcome.Retry, 25, AlertKind.Trigger, DeliveryOutcome.Refused, false, "the schedule ends")]
    [InlineData(DeliveryOutcome.Retry, 0, AlertKind.Test, DeliveryOutcome.Refused, false, "a test is tried once")]
    [InlineData(DeliveryOutcome.Gone, 0, AlertKind.Trigger, DeliveryOutcome.Gone, true, "kept until the channel is back")]
    [InlineData(DeliveryOutcome.Gone, 25, AlertKind.Trigger, DeliveryOutcome.Gone, false, "gone to the end")]
    [InlineData(DeliveryOutcome.Gone, 0, AlertKind.Test, DeliveryOutcome.Gone, false, "a test is tried once")]
    public void Record_Attempt_IsThatEnd(
        DeliveryOutcome outcome, int before, AlertKind kind, DeliveryOutcome recorded, bool isKept, string why)
    {
        var message = new ClaimedMessage(1, 1, "ops", AnAlert.Of(kind), before, AnAlert.At);

        var record = DeliverySchedule.Record(message, new DeliveryAttempt(outcome, 500, "http-500", TimeSpan.Zero), AnAlert.At, 0);

        record.Outcome.ShouldBe(recorded, why);
        record.NextAttemptAt.HasValue.ShouldBe(isKept, why);
    }

    private static Arbitrary<(int Attempts, TimeSpan? Asked, double Jitter)> Inputs { get; } = (
        from attempts in Gen.Choose(1, 40)
        from asked in Gen.Choose(0, 3_600)
        from jitter in Gen.Choose(0, 999)
        select (attempts, asked == 0 ? (TimeSpan?)null : TimeSpan.FromSeconds(asked), jitter / 1000.0)).ToArbitrary();

    private static TimeSpan Wait(int attempts, TimeSpan? asked, double jitter) =>
        DeliverySchedule.Next(attempts, asked, AnAlert.At, jitter) - AnAlert.At;
}

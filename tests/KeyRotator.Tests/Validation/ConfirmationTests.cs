using FsCheck;
using FsCheck.Fluent;
using KeyRotator.Keys;
using KeyRotator.Providers;
using KeyRotator.Tests.Support;
using KeyRotator.Validation;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Validation;

public sealed class ConfirmationTests
{
    private static readonly TimeSpan s_after = TimeSpan.FromSeconds(5);
    private static readonly ProbeVerdict s_rejected = ProbeVerdict.Rejected(VerdictReason.Invalid, "invalid_api_key");

    [Theory]
    [InlineData("R0", 1, false, "the first is recorded, and proves nothing")]
    [InlineData("R0 R5", 2, true, "two, far enough apart")]
    [InlineData("R0 R4", 1, false, "too close: the second does not count")]
    [InlineData("R0 R4 R5", 2, true, "what did not count does not push the next one out")]
    [InlineData("R0 A3 R6", 1, false, "accepted in between")]
    [InlineData("R0 I3 R6", 1, false, "inconclusive in between")]
    [InlineData("R0 R5 R99", 3, true, "stays proven")]
    [InlineData("R0 R5 I50 R99", 3, true, "and an answer that proves nothing does not bring it back to life")]
    [InlineData("R0 R5 A50 R99", 1, false, "but an acceptance does")]
    [InlineData("T0 T300", 2, false, "a transient code needs three")]
    [InlineData("T0 T300 T599", 3, false, "over ten minutes")]
    [InlineData("T0 T300 T600", 3, true, "to the second")]
    [InlineData("T0 R5", 2, true, "the code that decides is the last")]
    [InlineData("R100 R5", 1, false, "a clock that was set back starts the wait anew")]
    [InlineData("R100 R5 R10", 2, true, "but does not stop the count")]
    public void Next_Answers_CountAs(string answers, int rejections, bool isProven, string why)
    {
        var state = After(answers.Split(' '));

        state.Rejections.ShouldBe(rejections, why);
        state.IsProven.ShouldBe(isProven, why);
    }

    [Theory]
    [InlineData("R0", 5, "confirmAfter")]
    [InlineData("R0 R4", 5, "from the one that counts")]
    [InlineData("T0", 300, "half of the span, so that three fill it")]
    [InlineData("T0 T300", 600, "and the other half")]
    public void Next_Pending_SaysWhenTheNextCounts(string answers, int seconds, string why) =>
        After(answers.Split(' ')).NextAt.ShouldBe(At(seconds), why);

    [Theory]
    [InlineData("R0 R5")]
    [InlineData("R0 A5")]
    public void Next_Settled_AsksForNoMore(string answers) => After(answers.Split(' ')).NextAt.ShouldBeNull();

    [Fact]
    public void Next_AskedAtItsOwnTime_IsProvenBoundedly() =>
        Prop.ForAll(
            Gen.Choose(1, 600).Zip(Gen.Elements(true, false)).ToArbitrary(),
            input => Asked(TimeSpan.FromSeconds(input.Item1), input.Item2 ? s_rejected.AsTransient() : s_rejected) is var asked
                && asked == (input.Item2 ? 3 : 2))
            .QuickCheckThrowOnFailure();

    // How many answers it takes when each comes at the time that the one before asked for.
    private static int Asked(TimeSpan confirmAfter, ProbeVerdict verdict)
    {
        var (status, now) = (Nothing(), Seen.Start);
        for (var answers = 1; answers < 10; answers++)
        {
            var state = Confirmation.Next(status, verdict, confirmAfter, now);
            if (state.NextAt is not { } next)
            {
                return answers;
            }

            (status, now) = (With(status, state), next);
        }

        return int.MaxValue;
    }

    private static ConfirmationState After(string[] answers)
    {
        var (status, state) = (Nothing(), ConfirmationState.None);
        foreach (var answer in answers)
        {
            var seconds = int.Parse(answer[1..], System.Globalization.CultureInfo.InvariantCulture);
            state = Confirmation.Next(status, Meaning(answer[0]), s_after, At(seconds));
            status = With(status, state) with { ProvenVerdict = state.IsProven ? Verdict.Rejected : answer[0] == 'A' ? Verdict.Accepted : status.ProvenVerdict };
        }

        return state;
    }

    private static ProbeVerdict Meaning(char answer) => answer switch
    {
        'A' => ProbeVerdict.Ok(),
        'I' => ProbeVerdict.Inconclusive(VerdictReason.Network),
        'T' => s_rejected.AsTransient(),
        _ => s_rejected,
    };

    private static KeyStatus Nothing() => new() { KeyId = A.Key().Id, Provider = "mistral" };

    private static KeyStatus With(KeyStatus status, ConfirmationState state) =>
        status with { RejectedSince = state.Since, Rejections = state.Rejections, LastRejectionAt = state.LastAt };

    private static DateTimeOffset At(int seconds) => Seen.Start.AddSeconds(seconds);
}

using FsCheck;
using FsCheck.Fluent;
using KeyRotator.Keys;
using KeyRotator.Providers;
using KeyRotator.Rotation;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Rotation;

public sealed class DeathProofTests
{
    private static readonly DateTimeOffset s_now = new(2026, 11, 21, 10, 0, 0, TimeSpan.Zero);
    private static readonly Arbitrary<(int Minutes, bool IsOldAlive, bool IsNewAlive)[]> s_answers = Gen.ArrayOf(
        from minutes in Gen.Choose(0, 12)
        from isOldAlive in Gen.Frequency((1, Gen.Constant(true)), (6, Gen.Constant(false)))
        from isNewAlive in Gen.Frequency((4, Gen.Constant(true)), (1, Gen.Constant(false)))
        select (minutes, isOldAlive, isNewAlive)).ToArbitrary();

    private static readonly ProbeVerdict s_accepted = ProbeVerdict.Ok();
    private static readonly ProbeVerdict s_invalid = ProbeVerdict.Rejected(VerdictReason.Invalid, null);

    [Theory]
    [InlineData(Verdict.Rejected, VerdictReason.Invalid, true, "revoked or deleted")]
    [InlineData(Verdict.Rejected, VerdictReason.Expired, true, "expired, by the provider's word")]
    [InlineData(Verdict.Rejected, VerdictReason.Leaked, true, "blocked as leaked")]
    [InlineData(Verdict.Rejected, VerdictReason.AccountBlocked, false, "the account says nothing of the key")]
    [InlineData(Verdict.Accepted, VerdictReason.Restricted, false, "it works")]
    [InlineData(Verdict.Inconclusive, VerdictReason.Network, false, "nobody answered")]
    [InlineData(Verdict.Inconclusive, VerdictReason.Throttled, false, "asked too often")]
    public void IsDeath_Answer_OnlyWhereTheKeyIsSaidToBeBad(Verdict verdict, VerdictReason reason, bool expected, string why) =>
        DeathProof.IsDeath(new() { Verdict = verdict, Reason = reason }).ShouldBe(expected, why);

    [Fact]
    public void Next_ThreeRejectionsOverTenMinutes_AreProof()
    {
        var record = DeathRecord.None;
        foreach (var minute in new[] { 0, 5, 10 })
        {
            DeathProof.IsProven(record).ShouldBeFalse();
            record = Reject(record, minute);
        }

        DeathProof.IsProven(record).ShouldBeTrue();
    }

    [Fact]
    public void Next_RejectionsAtOnce_AreOne() =>
        Reject(Reject(Reject(Reject(DeathRecord.None, 0), 0), 1), 4).Rejections.ShouldBe(1);

    // Only the provider's word on this very key counts.
    [Theory]
    [InlineData(Verdict.Rejected, VerdictReason.AccountBlocked)]
    [InlineData(Verdict.Inconclusive, VerdictReason.Network)]
    [InlineData(Verdict.Inconclusive, VerdictReason.ProviderError)]
    public void Next_OldKeyAnsweredWithoutAWordOnIt_CountsForNothing(Verdict verdict, VerdictReason reason)
    {
        var record = Reject(Reject(DeathRecord.None, 0), 5);
        var answer = new PairAnswer(s_accepted, new() { Verdict = verdict, Reason = reason });

        DeathProof.Next(record, answer, s_now.AddMinutes(10)).ShouldBe(record);
    }

    [Theory]
    [InlineData(0, false, 60)]
    [InlineData(0, true, 5)]
    [InlineData(1, false, 5)]
    public void NextAt_NothingCallsForMore_IsPatient(int rejections, bool isRevoked, int minutes) =>
        DeathProof.NextAt(DeathRecord.None with { Rejections = rejections }, isRevoked, DeathProof.Patience, s_now)
            .ShouldBe(s_now.AddMinutes(minutes));

    [Fact]
    public void Next_Accepted_ClearsTheCount()
    {
        var record = DeathProof.Next(Reject(Reject(DeathRecord.None, 0), 5), new(s_accepted, s_accepted), s_now.AddMinutes(6));

        record.ShouldBe(new DeathRecord(0, null, null, s_now.AddMinutes(6)));
    }

    [Theory]
    [InlineData(Verdict.Rejected, VerdictReason.Invalid, "a provider that refuses both is ill")]
    [InlineData(Verdict.Inconclusive, VerdictReason.ProviderError, "nobody vouches for the provider")]
    public void Next_NewKeyNotAccepted_ProvesNothing(Verdict verdict, VerdictReason reason, string why) =>
        DeathProof.Next(DeathRecord.None, new(new() { Verdict = verdict, Reason = reason }, s_invalid), s_now)
            .ShouldBe(DeathRecord.None, why);

    [Fact]
    public void Next_ClockSetBack_StartsAnewAndIsNoProofAtOnce()
    {
        var record = Reject(Reject(Reject(DeathRecord.None, 60), 65), 0);

        DeathProof.IsProven(record).ShouldBeFalse();
        record.Since.ShouldBe(s_now);
    }

    [Fact]
    public void IsProven_AnySequence_OnlyWithTheLastAnswersAllRejections() =>
        Prop.ForAll(s_answers, IsNeverProvenTooEarly).QuickCheckThrowOnFailure();

    private static bool IsNeverProvenTooEarly((int Minutes, bool IsOldAlive, bool IsNewAlive)[] answers)
    {
        var (record, at, aliveAt) = (DeathRecord.None, s_now, DateTimeOffset.MinValue);
        var counted = new List<DateTimeOffset>();
        foreach (var (minutes, isOldAlive, isNewAlive) in answers)
        {
            at += TimeSpan.FromMinutes(minutes);
            record = DeathProof.Next(record, new(isNewAlive ? s_accepted : s_invalid, isOldAlive ? s_accepted : s_invalid), at);
            aliveAt = isOldAlive ? at : aliveAt;
            counted.RemoveAll(_ => isOldAlive);
            if (!isOldAlive && isNewAlive)
            {
                counted.Add(at);
            }

            if (DeathProof.IsProven(record) && (counted.Count < DeathProof.Needed || counted[^1] - counted[0] < DeathProof.Span))
            {
                return false;
            }
        }

        return true;
    }

    private static DeathRecord Reject(DeathRecord before, int minute) =>
        DeathProof.Next(before, new(s_accepted, s_invalid), s_now.AddMinutes(minute));
}

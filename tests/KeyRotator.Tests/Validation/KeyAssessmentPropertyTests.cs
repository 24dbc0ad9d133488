using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using KeyRotator.Findings;
using KeyRotator.Keys;
using KeyRotator.Validation;
using Xunit;

namespace KeyRotator.Tests.Validation;

/// <summary>What holds in every life of a key.</summary>
public sealed class KeyAssessmentPropertyTests
{
    private const int Lives = 400;

    [Fact]
    public void Assess_AnyLife_RejectsOnlyAfterTwoDocumentedAnswersInARow() =>
        InEveryLife(turns =>
        {
            var isBacked = Backing(turns);
            return turns.Select((turn, index) => !Claims(turn, FindingReason.KeyRejected, FindingReason.AccountBlocked) || isBacked[index])
                .All(holds => holds);
        });

    [Fact]
    public void Assess_SameObservationTwice_ChangesNothing() =>
        AtEveryTurn(turn =>
        {
            var again = KeyAssessment.Assess(turn.After.Status, turn.Observation, turn.Context, turn.Now);
            return Text(again.Status) == Text(turn.After.Status) && Text(again.Claims) == Text(turn.After.Claims) && again.Opened is null;
        });

    [Fact]
    public void Assess_AcceptedAnswer_EndsEveryDoubtAndRejection() =>
        AtEveryTurn(turn => !(turn.After.Checked && turn.Believed is Verdict.Accepted)
            || !Claims(turn, FindingReason.KeyRejected, FindingReason.AccountBlocked, FindingReason.KeyUnverified,
                FindingReason.WrongEndpoint, FindingReason.SecretMissing));

    [Fact]
    public void Assess_AnyLife_ClaimsFollowFromTheStatusAlone() =>
        AtEveryTurn(turn => Text(KeyClaims.Of(turn.After.Status, turn.Observation.Key, turn.Context, turn.Now)) == Text(turn.After.Claims));

    [Fact]
    public void Assess_AnyLife_VersionGrowsByOneExactlyWithTheValue() =>
        AtEveryTurn(turn =>
        {
            var grown = turn.After.Status.Version - (turn.Before?.Version ?? 0);
            return grown == (turn.After.Status.Fingerprint == turn.Before?.Fingerprint ? 0 : 1)
                && turn.After.Opened is not null == (grown == 1);
        });

    [Fact]
    public void Assess_WhatProvesNothing_ErasesNoProof() =>
        AtEveryTurn(turn => turn.Before is null || turn.After.Opened is not null || turn.Believed is not Verdict.Inconclusive
            || Proof(turn.After.Status) == Proof(turn.Before));

    [Fact]
    public void Assess_BlockedAccount_IsNeverCalledARejectedKey() =>
        AtEveryTurn(turn =>
        {
            var isBlocked = turn.After.Status is { ProvenVerdict: Verdict.Rejected, ProvenReason: VerdictReason.AccountBlocked };
            return !Claims(turn, isBlocked ? FindingReason.KeyRejected : FindingReason.AccountBlocked);
        });

    [Fact]
    public void Assess_SuspendedKey_ClaimsNothing() => AtEveryTurn(turn => !turn.Observation.Key.Suspended || turn.After.Claims.Count == 0);

    [Fact]
    public void Assess_AnyLife_EachClaimIsOneOfItsOwnAndUnique() =>
        AtEveryTurn(turn => turn.After.Claims.All(claim => KeyClaims.Reasons.Contains(claim.Key.Reason))
            && turn.After.Claims.DistinctBy(claim => claim.Key).Count() == turn.After.Claims.Count);

    [Fact]
    public void Assess_LookedAt_ComesRoundAgain() =>
        AtEveryTurn(turn => !turn.After.Checked
            || (turn.After.Status.CheckedAt == turn.Observation.At
                && (turn.Observation.Key.Suspended || turn.After.Status.NextCheckAt > turn.Observation.At)));

    [Fact]
    public void Assess_PutOff_StaysDueAndIsNoCheck() =>
        AtEveryTurn(turn => turn.Observation.PutOffUntil is not { } until || turn.Before?.CheckedAt > turn.Observation.At
            || (!turn.After.Checked && turn.After.Status.InconclusiveSince is not null
                && (turn.Observation.Key.Suspended || turn.After.Status.NextCheckAt == until)
                && (turn.After.Opened is not null || turn.After.Status.CheckedAt == turn.Before?.CheckedAt)));

    [Fact]
    public void Assess_ExpiryThatWasStated_IsHiddenByNoLaterEdit() =>
        AtEveryTurn(turn => turn.Before?.ExpiresAt is not { } before || turn.After.Opened is not null
            || turn.After.Status.ExpiresAt <= before);

    // For each turn whether two documented rejections of the present value came in a row since it was last accepted.
    private static List<bool> Backing(IReadOnlyList<AssessmentTurn> turns)
    {
        var (inARow, isBacked, all) = (0, false, new List<bool>(turns.Count));
        foreach (var turn in turns)
        {
            (inARow, isBacked) = turn.After.Opened is null ? (inARow, isBacked) : (0, false);
            if (turn.After.Checked && (turn.Observation.Probe is not null || turn.Observation.Primary is PrimaryReading.Unreadable))
            {
                inARow = turn.Believed is Verdict.Rejected ? inARow + 1 : 0;
                isBacked = (isBacked && turn.Believed is not Verdict.Accepted) || inARow >= 2;
            }

            all.Add(isBacked);
        }

        return all;
    }

    private static bool Claims(AssessmentTurn turn, params ReadOnlySpan<FindingReason> reasons)
    {
        var wanted = reasons.ToArray();
        return turn.After.Claims.Any(claim => wanted.Contains(claim.Key.Reason));
    }

    private static (Verdict, VerdictReason, DateTimeOffset?) Proof(KeyStatus status) =>
        (status.ProvenVerdict, status.ProvenReason, status.ProvenAt);

    private static string Text<T>(T value) => JsonSerializer.Serialize(value);

    private static void AtEveryTurn(Func<AssessmentTurn, bool> holds) => InEveryLife(turns => turns.All(holds));

    private static void InEveryLife(Func<IReadOnlyList<AssessmentTurn>, bool> holds) =>
        Prop.ForAll(AssessmentSequences.Any, steps => holds(AssessmentSequences.Play(steps)))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(Lives));
}

using KeyRotator.Findings;
using KeyRotator.Keys;
using KeyRotator.Providers;
using KeyRotator.Secrets;
using KeyRotator.Tests.Support;
using KeyRotator.Validation;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Validation;

public sealed class KeyAssessmentTests
{
    private static readonly ManagedKey s_key = A.Key();
    private static readonly TimeSpan s_minute = TimeSpan.FromMinutes(1);

    [Fact]
    public void Assess_FirstValue_OpensVersionOne()
    {
        var assessed = Seen.Assess(Seen.Accepted(s_key, Seen.Start));

        assessed.Opened.ShouldNotBeNull().Sequence.ShouldBe(1);
        assessed.Status.ForeignChangeAt.ShouldBeNull();
        assessed.Status.Verdict.ShouldBe(Verdict.Accepted);
        assessed.Claims.ShouldBeEmpty();
    }

    [Fact]
    public void Assess_AnotherValue_OpensNextVersionAndForgetsTheProof()
    {
        var assessed = Seen.Assess(Seen.Accepted(s_key, Seen.Start), Seen.Value(s_key, Seen.Start + s_minute, "two"));

        assessed.Status.Version.ShouldBe(2);
        assessed.Status.ProvenVerdict.ShouldBe(Verdict.Inconclusive);
        Reasons(assessed).ShouldBe([FindingReason.ForeignChange]);
    }

    [Fact]
    public void Assess_ValueThatComesBack_OpensYetAnotherVersion()
    {
        var assessed = Seen.Assess(Seen.Accepted(s_key, Seen.Start), Seen.Accepted(s_key, Seen.Start + s_minute, "two"), Seen.Accepted(s_key, Seen.Start + (2 * s_minute)));

        assessed.Status.Version.ShouldBe(3);
        assessed.Status.Fingerprint.ShouldBe(Seen.FingerprintOf("one"));
    }

    [Fact]
    public void Assess_OneRejection_IsNoFinding()
    {
        var assessed = Seen.Assess(Seen.Rejected(s_key, Seen.Start));

        assessed.Claims.ShouldBeEmpty();
        assessed.Status.Verdict.ShouldBe(Verdict.Rejected);
        assessed.Status.ProvenVerdict.ShouldBe(Verdict.Inconclusive);
        assessed.ConfirmAt.ShouldBe(Seen.Start + s_key.Policy.ConfirmAfter);
    }

    [Theory]
    [InlineData(-1, false, "a tick too early does not count")]
    [InlineData(0, true, "exactly confirmAfter counts")]
    public void Assess_SecondRejection_CountsFromConfirmAfterOn(long ticks, bool isProven, string why)
    {
        var second = Seen.Start + s_key.Policy.ConfirmAfter + TimeSpan.FromTicks(ticks);

        var assessed = Seen.Assess(Seen.Rejected(s_key, Seen.Start), Seen.Rejected(s_key, second));

        Reasons(assessed).Contains(FindingReason.KeyRejected).ShouldBe(isProven, why);
    }

    [Theory]
    [InlineData(Verdict.Accepted, VerdictReason.Ok)]
    [InlineData(Verdict.Inconclusive, VerdictReason.Network)]
    public void Assess_AnotherAnswerBetween_ClearsTheRejection(Verdict verdict, VerdictReason reason)
    {
        var between = Seen.Answer(s_key, Seen.Start + s_minute, new ProbeVerdict { Verdict = verdict, Reason = reason });

        var assessed = Seen.Assess(Seen.Rejected(s_key, Seen.Start), between, Seen.Rejected(s_key, Seen.Start + (2 * s_minute)));

        assessed.Claims.ShouldBeEmpty();
        assessed.Status.Rejections.ShouldBe(1);
    }

    [Theory]
    [InlineData(new[] { 0, 5 }, false, "two are not enough")]
    [InlineData(new[] { 0, 4, 9 }, false, "three over nine minutes are too close")]
    [InlineData(new[] { 0, 5, 10 }, true, "three over ten minutes")]
    public void Assess_TransientCode_NeedsThreeOverTenMinutes(int[] minutes, bool isProven, string why)
    {
        var transient = ProbeVerdict.Rejected(VerdictReason.Invalid, "x") with { IsTransientRejection = true };

        var assessed = Seen.Assess([.. minutes.Select(minute => Seen.Answer(s_key, Seen.Start + (minute * s_minute), transient))]);

        Reasons(assessed).Contains(FindingReason.KeyRejected).ShouldBe(isProven, why);
    }

    [Fact]
    public void Assess_InconclusiveAfterProvenRejection_KeepsTheFinding()
    {
        var network = Seen.Answer(s_key, Seen.Start + (2 * s_minute), ProbeVerdict.Inconclusive(VerdictReason.Network), status: null);

        var assessed = Seen.Assess(Seen.Rejected(s_key, Seen.Start), Seen.Rejected(s_key, Seen.Start + s_minute), network);

        Reasons(assessed).ShouldBe([FindingReason.KeyRejected]);
        assessed.Status.Verdict.ShouldBe(Verdict.Inconclusive);
    }

    [Fact]
    public void Assess_AcceptedAfterProvenRejection_ClaimsNothing()
    {
        var assessed = Seen.Assess(Seen.Rejected(s_key, Seen.Start), Seen.Rejected(s_key, Seen.Start + s_minute), Seen.Accepted(s_key, Seen.Start + (2 * s_minute)));

        assessed.Claims.ShouldBeEmpty();
    }

    [Fact]
    public void Assess_AccountBlocked_IsNotKeyRejected()
    {
        var blocked = ProbeVerdict.Rejected(VerdictReason.AccountBlocked, "account_deactivated");

        var assessed = Seen.Assess(Seen.Answer(s_key, Seen.Start, blocked), Seen.Answer(s_key, Seen.Start + s_minute, blocked));

        Reasons(assessed).ShouldBe([FindingReason.AccountBlocked]);
    }

    [Theory]
    [InlineData(VerdictReason.Restricted, FindingReason.KeyRestricted)]
    [InlineData(VerdictReason.NoFunds, FindingReason.QuotaExhausted)]
    public void Assess_AcceptedWithReservation_ClaimsIt(VerdictReason reason, FindingReason expected) =>
        Reasons(Seen.Assess(Seen.Answer(s_key, Seen.Start, ProbeVerdict.Accepted(reason, null)))).ShouldBe([expected]);

    [Theory]
    [InlineData(false, FindingReason.WrongEndpoint, "the place was never right")]
    [InlineData(true, FindingReason.KeyRejected, "the place was right before: it is the key")]
    public void Assess_WrongKeyOrWrongPlace_DependsOnThePlace(bool isKnownPlace, FindingReason expected, string why)
    {
        var either = ProbeVerdict.Rejected(VerdictReason.Invalid, "401") with { NeedsKnownPlace = true };
        var context = Seen.Context("azure-openai") with { IsKnownPlace = isKnownPlace };

        var assessed = Seen.Assess(context, Seen.Answer(s_key, Seen.Start, either), Seen.Answer(s_key, Seen.Start + s_minute, either));

        Reasons(assessed).ShouldBe([expected], why);
    }

    [Fact]
    public void Assess_ControlAccepted_BelievesNoAcceptance()
    {
        var assessed = Seen.Assess(Seen.Context() with { IsControlAccepted = true }, Seen.Accepted(s_key, Seen.Start));

        assessed.Status.Verdict.ShouldBe(Verdict.Inconclusive);
        assessed.Status.Reason.ShouldBe(VerdictReason.Untrustworthy);
    }

    [Theory]
    [InlineData(-1, false)]
    [InlineData(0, true)]
    public void Assess_InconclusiveForTooLong_IsUnverifiedToTheTick(long ticks, bool isClaimed)
    {
        var network = ProbeVerdict.Inconclusive(VerdictReason.Network);
        var late = Seen.Start + s_key.Policy.UnverifiedAfter + TimeSpan.FromTicks(ticks);

        var assessed = Seen.Assess(Seen.Answer(s_key, Seen.Start, network), Seen.Answer(s_key, late, network));

        Reasons(assessed).Contains(FindingReason.KeyUnverified).ShouldBe(isClaimed);
    }

    [Fact]
    public void Assess_SlowCadence_WaitsFourOfThem()
    {
        var key = A.Key(policy: KeyPolicy.Default with { CheckEvery = TimeSpan.FromHours(12) });
        var network = ProbeVerdict.Inconclusive(VerdictReason.Network);

        var assessed = Seen.Assess(Seen.Answer(key, Seen.Start, network), Seen.Answer(key, Seen.Start.AddHours(47), network));

        assessed.Claims.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(SecretDefect.Newline)]
    [InlineData(SecretDefect.Masked)]
    [InlineData(SecretDefect.Empty)]
    [InlineData(SecretDefect.JsonObject)]
    public void Assess_UnfitValue_IsMalformed(SecretDefect defect)
    {
        var assessed = Seen.Assess(Seen.Value(s_key, Seen.Start) with { Defect = defect });

        Reasons(assessed).ShouldBe([FindingReason.SecretMalformed]);
    }

    [Fact]
    public void Assess_NothingThere_IsMissingUntilItIsBack()
    {
        var absent = new Observation { Key = s_key, At = Seen.Start + s_minute, Primary = PrimaryReading.Absent };

        Reasons(Seen.Assess(Seen.Accepted(s_key, Seen.Start), absent)).ShouldBe([FindingReason.SecretMissing]);
        Seen.Assess(Seen.Accepted(s_key, Seen.Start), absent, Seen.Accepted(s_key, Seen.Start + (2 * s_minute))).Claims.ShouldBeEmpty();
    }

    [Fact]
    public void Assess_StoreUnreadable_SaysNothingOfTheKey()
    {
        var unreadable = new Observation { Key = s_key, At = Seen.Start + s_minute, Primary = PrimaryReading.Unreadable };

        var assessed = Seen.Assess(Seen.Accepted(s_key, Seen.Start), unreadable);

        assessed.Claims.ShouldBeEmpty();
        assessed.Status.Reason.ShouldBe(VerdictReason.StoreUnavailable);
        assessed.Status.ProvenVerdict.ShouldBe(Verdict.Accepted);
    }

    [Fact]
    public void Assess_SuspendedKey_ClaimsNothing()
    {
        var key = s_key with { Suspended = true };

        var assessed = Seen.Assess(
            Seen.Rejected(s_key, Seen.Start), Seen.Rejected(s_key, Seen.Start + s_minute), Seen.Nothing(key, Seen.Start + (2 * s_minute)));

        assessed.Claims.ShouldBeEmpty();
        assessed.Status.State.ShouldBe(KeyState.Suspended);
    }

    [Fact]
    public void Assess_OlderAnswerThanTheRecorded_IsLeftOut()
    {
        var assessed = Seen.Assess(Seen.Accepted(s_key, Seen.Start), Seen.Rejected(s_key, Seen.Start - TimeSpan.FromSeconds(1)));

        assessed.Status.Verdict.ShouldBe(Verdict.Accepted);
    }

    [Fact]
    public void Assess_OlderRejectionThanTheRecorded_WaitsForTheSameConfirmation()
    {
        var first = Seen.Assess(Seen.Rejected(s_key, Seen.Start));

        Seen.Assess(Seen.Rejected(s_key, Seen.Start), Seen.Rejected(s_key, Seen.Start - TimeSpan.FromSeconds(1)))
            .ConfirmAt.ShouldBe(first.ConfirmAt.ShouldNotBeNull());
        Seen.Assess(
            Seen.Rejected(s_key, Seen.Start), Seen.Rejected(s_key, Seen.Start + s_minute), Seen.Rejected(s_key, Seen.Start + (s_minute / 2)))
            .ConfirmAt.ShouldBeNull("it is confirmed");
    }

    [Fact]
    public void Assess_ClockSetBackByHours_BelievesTheNewAnswer()
    {
        var assessed = Seen.Assess(Seen.Accepted(s_key, Seen.Start), Seen.Rejected(s_key, Seen.Start.AddHours(-3)), Seen.Rejected(s_key, Seen.Start.AddHours(-3) + s_minute));

        Reasons(assessed).ShouldBe([FindingReason.KeyRejected]);
    }

    [Fact]
    public void Assess_OtherProviderInTheFile_ForgetsWhatTheFirstSaid()
    {
        var moved = s_key with { Provider = "openai" };

        var assessed = Seen.Assess(Seen.Rejected(s_key, Seen.Start), Seen.Rejected(s_key, Seen.Start + s_minute), Seen.Nothing(moved, Seen.Start + (2 * s_minute)));

        assessed.Claims.ShouldBeEmpty();
        assessed.Status.Verdict.ShouldBe(Verdict.Inconclusive);
    }

    [Fact]
    public void Assess_SeverityOverride_OutranksTheTable()
    {
        var key = A.Key(policy: KeyPolicy.Default with { SeverityOverrides = new Dictionary<FindingReason, Severity> { [FindingReason.KeyRestricted] = Severity.Info } });

        var assessed = Seen.Assess(Seen.Answer(key, Seen.Start, ProbeVerdict.Accepted(VerdictReason.Restricted, null)));

        assessed.Claims.ShouldHaveSingleItem().Severity.ShouldBe(Severity.Info);
    }

    [Theory]
    [InlineData("prod", Severity.Info)]
    [InlineData("dev", Severity.Warning)]
    public void Assess_SharedValue_WeighsTheEnvironment(string otherEnvironment, Severity expected)
    {
        var key = s_key with { Environment = "prod" };
        var context = Seen.Context() with { Sharers = [A.Key("other") with { Environment = otherEnvironment }] };

        var claim = Seen.Assess(context, Seen.Accepted(key, Seen.Start)).Claims.ShouldHaveSingleItem();

        claim.Key.Reason.ShouldBe(FindingReason.KeyShared);
        claim.Severity.ShouldBe(expected);
    }

    [Theory]
    [InlineData(-1, false)]
    [InlineData(0, true)]
    public void Assess_OldVersion_IsOverdueToTheTick(long ticks, bool isClaimed)
    {
        var late = Seen.Start + s_key.Policy.RotateEvery + TimeSpan.FromTicks(ticks);

        Reasons(Seen.Assess(Seen.Accepted(s_key, Seen.Start), Seen.Accepted(s_key, late))).Contains(FindingReason.RotationOverdue)
            .ShouldBe(isClaimed);
    }

    private static IEnumerable<FindingReason> Reasons(Assessed assessed) => assessed.Claims.Select(claim => claim.Key.Reason);
}

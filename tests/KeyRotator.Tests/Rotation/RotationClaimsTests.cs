using KeyRotator.Findings;
using KeyRotator.Keys;
using KeyRotator.Rotation;
using KeyRotator.Secrets;
using KeyRotator.Tests.Support;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Rotation;

/// <summary>What is said of a rotation, to the tick.</summary>
public sealed class RotationClaimsTests
{
    private static readonly DateTimeOffset s_now = new(2026, 11, 21, 10, 0, 0, TimeSpan.Zero);
    private static readonly ManagedKey s_key = A.Key("k", "gate", "aws", "llm");

    [Theory]
    [InlineData(-1, false, false, null)]
    [InlineData(0, false, false, "Critical RotationStalled")]
    [InlineData(-1, true, false, "Critical RotationStalled")]
    [InlineData(-1, false, true, "Critical RotationStalled")]
    public void Of_FailingLocation_StallsAfterAQuarterOfAnHourOrAtOnce(int ticks, bool isEmergency, bool isOldDead, string? expected)
    {
        var failing = new RotationLocation
        {
            Ordinal = 0,
            Location = RotationWorld.At("aws", "llm"),
            FailingSince = s_now - RotationClaims.StalledAfter - TimeSpan.FromTicks(ticks),
            Fault = "It is down.",
        };

        Of(One() with { IsEmergency = isEmergency, IsOldDead = isOldDead, Locations = [failing] })
            .ShouldBe(expected is null ? [] : [expected]);
    }

    [Theory]
    [InlineData(-1, null, false, null, "it has its time")]
    [InlineData(0, null, false, "Warning OldKeyAlive", "retireWithin is over")]
    [InlineData(-1, -2, false, "Warning OldKeyAlive", "an operator said that it is revoked, and it is not")]
    [InlineData(-1, 0, false, null, "not asked since it was said to be revoked")]
    [InlineData(-1, null, true, "Critical OldKeyAlive", "it has leaked")]
    public void Of_OldKeyAlive_IsSaid(int ticks, int? revokedAt, bool isEmergency, string? expected, string why)
    {
        var overlap = One() with
        {
            Phase = RotationPhase.Overlap,
            LiveAt = s_now - s_key.Policy.RetireWithin - TimeSpan.FromTicks(ticks),
            RevokedAt = revokedAt is { } ago ? s_now.AddMinutes(ago) : null,
            Death = DeathRecord.None with { AliveAt = s_now.AddMinutes(-1) },
            IsEmergency = isEmergency,
        };

        Of(overlap).ShouldBe(expected is null ? [] : [expected], why);
        Of(overlap with { Death = DeathRecord.None }).ShouldBeEmpty("nobody saw it alive");
        Of(overlap with { Phase = RotationPhase.RollingBack }).ShouldBeEmpty("it is to live");
    }

    [Fact]
    public void Of_ForeignValue_IsSaidInPlaceOfTheQuestionAboutIt()
    {
        var place = new RotationLocation { Ordinal = 0, Location = RotationWorld.At("aws", "llm"), Foreign = new(null, null, null, null) };

        Of(One() with { Needs = "Look.", Locations = [place] }).ShouldBe(["Critical ForeignChange"]);
        Of(One() with { Needs = "Look." }).ShouldBe(["Critical RotationStalled"]);
    }

    [Fact]
    public void Of_Ended_SaysOnlyThatNobodyProvedTheDeath()
    {
        var ended = One() with { EndedAt = s_now, Needs = "Look.", Phase = RotationPhase.Unproven };

        Of(ended).ShouldBe(["Warning DeathUnproven"]);
        Of(ended with { OldFingerprint = null }).ShouldBeEmpty();
        Of(ended with { Phase = RotationPhase.Abandoned }).ShouldBeEmpty();
        RotationClaims.OfStranded(ended, "gone").ShouldBeEmpty();
    }

    [Fact]
    public void Of_KeysOwnSeverity_Overrides()
    {
        var overrides = new Dictionary<FindingReason, Severity> { [FindingReason.RotationStalled] = Severity.Info };
        var key = s_key with { Policy = s_key.Policy with { SeverityOverrides = overrides } };

        RotationClaims.Of(One() with { Needs = "Look." }, key, null, s_now).ShouldHaveSingleItem().Severity.ShouldBe(Severity.Info);
    }

    private static IEnumerable<string> Of(KeyRotation rotation) =>
        RotationClaims.Of(rotation, s_key, null, s_now).Select(claim => $"{claim.Severity} {claim.Key.Reason}");

    private static KeyRotation One() => new()
    {
        Id = 1,
        Uid = Guid.Empty,
        KeyId = KeyId.Parse("k"),
        Actor = "ops",
        SubmittedAt = s_now,
        OldFingerprint = Fingerprint.Parse(new string('a', 64)),
        NewFingerprint = Fingerprint.Parse(new string('b', 64)),
        Grace = TimeSpan.FromHours(1),
        Phase = RotationPhase.Installing,
        Locations = [],
    };
}

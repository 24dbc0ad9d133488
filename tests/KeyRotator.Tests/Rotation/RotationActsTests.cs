using KeyRotator.Keys;
using KeyRotator.Rotation;
using KeyRotator.Secrets;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Rotation;

public sealed class RotationActsTests
{
    private static readonly DateTimeOffset s_now = new(2026, 11, 21, 10, 0, 0, TimeSpan.Zero);
    private static readonly Fingerprint s_old = Fingerprint.Parse(1.ToString("x64", null));
    private static readonly Fingerprint s_new = Fingerprint.Parse(2.ToString("x64", null));
    private static readonly Fingerprint s_foreign = Fingerprint.Parse(3.ToString("x64", null));

    [Fact]
    public void Resume_ForeignValue_IsRefusedWithWhatIsThere() =>
        Should.Throw<RotationRefusedException>(() => RotationActs.Resume(Stalled(), s_now)).Message.ShouldContain(s_foreign.Short);

    [Fact]
    public void Overwrite_ForeignValue_ExpectsExactlyThat()
    {
        var next = RotationActs.Overwrite(Stalled(), s_now);

        next.Needs.ShouldBeNull();
        next.Locations[1].Before.ShouldBe(s_foreign);
        (next.Locations[1].Step, next.Locations[1].Foreign).ShouldBe((LocationStep.Planned, null));
        next.Locations[0].Step.ShouldBe(LocationStep.Done);
    }

    [Fact]
    public void Adopt_ForeignValue_IsTheNewOneEverywhereAndProvenAnew()
    {
        var next = RotationActs.Adopt(Stalled(), s_now);

        next.NewFingerprint.ShouldBe(s_foreign);
        next.ProvenAt.ShouldBeNull();
        next.Locations[1].Step.ShouldBe(LocationStep.Written);
        (next.Locations[0].Step, next.Locations[0].Before, next.Locations[0].BaseVersion).ShouldBe((LocationStep.Planned, s_new, "v2"));
    }

    [Fact]
    public void Adopt_ValueGone_IsRefused()
    {
        var gone = Stalled();
        gone = gone.With(gone.Locations[1] with { Foreign = new(null, null, null, null) });

        Should.Throw<RotationRefusedException>(() => RotationActs.Adopt(gone, s_now));
    }

    [Fact]
    public void OverwriteAndAdopt_NothingForeign_AreRefused()
    {
        var plain = Stalled();
        plain = plain.With(plain.Locations[1] with { Foreign = null });

        Should.Throw<RotationRefusedException>(() => RotationActs.Overwrite(plain, s_now));
        Should.Throw<RotationRefusedException>(() => RotationActs.Adopt(plain, s_now));
        RotationActs.Resume(plain, s_now).Needs.ShouldBeNull();
    }

    // Found there again, it is not taken for what was there all along.
    [Fact]
    public void Overwrite_OnTheWayBack_IsStillToBeRestored() =>
        RotationActs.Overwrite(Stalled() with { Phase = RotationPhase.RollingBack }, s_now).Locations[1].Step
            .ShouldBe(LocationStep.Restoring);

    [Fact]
    public void Overwrite_AtThePlaceOfTheCopy_ExpectsExactlyThat()
    {
        var kept = At(RotationLocation.KeptOrdinal, "kv1") with { Foreign = new(s_foreign, "v3", null, null) };

        var next = RotationActs.Overwrite(Stalled() with { Kept = kept }, s_now).Kept!;

        (next.Before, next.BaseVersion, next.Foreign, next.Step).ShouldBe((s_foreign, "v3", null, LocationStep.Planned));
    }

    [Fact]
    public void Adopt_TwoValuesOrTheCopys_IsRefused()
    {
        var two = Stalled();
        two = two.With(two.Locations[0] with { Foreign = new(s_old, "v9", null, null) });
        var copys = Stalled();
        copys = copys.With(copys.Locations[1] with { Foreign = null }) with
        {
            Kept = At(RotationLocation.KeptOrdinal, "kv1") with { Foreign = new(s_foreign, "v3", null, null) },
        };

        Should.Throw<RotationRefusedException>(() => RotationActs.Adopt(two, s_now)).Message.ShouldContain("differs from place to place");
        Should.Throw<RotationRefusedException>(() => RotationActs.Adopt(copys, s_now)).Message.ShouldContain("cannot become the new one");
    }

    [Fact]
    public void Leave_CopyOfTheOldValue_EndsAtOnceAndSaysWhereItLies()
    {
        var kept = At(RotationLocation.KeptOrdinal, "kv1") with { Step = LocationStep.Done };
        var fresh = Stalled() with { Kept = kept };
        fresh = fresh with { Locations = [.. fresh.Locations.Select(location => location with { Step = LocationStep.Planned })] };

        RotationActs.Abandon(fresh, s_now).EndedAt.ShouldBeNull("the copy is still to be removed");
        var left = RotationActs.Leave(fresh, s_now);

        (left.EndedAt, left.NextAt).ShouldBe((s_now, null));
        left.Outcome.ShouldBe("Given up before anything was written. The old value was left at kv1:llm: remove it there.");
    }

    [Theory]
    [InlineData(RotationPhase.Proven)]
    [InlineData(RotationPhase.Installing)]
    [InlineData(RotationPhase.OldKeyDead)]
    public void Revoked_BeforeItIsLiveOrAfterTheProof_IsRefused(RotationPhase phase) =>
        Should.Throw<RotationRefusedException>(() => RotationActs.Revoked(Stalled() with { Phase = phase }, s_now));

    [Fact]
    public void Revoked_InOverlap_IsAskedAtOnce()
    {
        var next = RotationActs.Revoked(Stalled() with { Phase = RotationPhase.Overlap, NextAt = s_now.AddDays(1) }, s_now);

        (next.RevokedAt, next.NextAt).ShouldBe((s_now, s_now));
    }

    [Fact]
    public void RollBack_OldDead_IsRefused()
    {
        Should.Throw<RotationRefusedException>(() => RotationActs.RollBack(Stalled() with { IsOldDead = true }, s_now));
        Should.Throw<RotationRefusedException>(() => RotationActs.RollBack(Stalled() with { Phase = RotationPhase.OldKeyDead }, s_now));
        Should.Throw<RotationRefusedException>(() => RotationActs.RollBack(Stalled() with { OldFingerprint = null }, s_now));
        Should.Throw<RotationRefusedException>(() => RotationActs.RollBack(Stalled() with { Phase = RotationPhase.Abandoned }, s_now));
    }

    [Fact]
    public void RollBack_Stalled_BeginsAtOnceAndProvesAnew()
    {
        var stalled = Stalled();

        var next = RotationActs.RollBack(stalled.With(stalled.Locations[0] with { RetryAt = s_now.AddHours(1) }), s_now);

        (next.Phase, next.ProvenAt, next.NextAt, next.Needs).ShouldBe((RotationPhase.RollingBack, null, s_now, null));
        next.Locations.ShouldAllBe(location => location.RetryAt == null && location.Foreign == null);
    }

    [Fact]
    public void Close_NotLive_IsRefused() => Should.Throw<RotationRefusedException>(() => RotationActs.Close(Stalled(), s_now));

    [Fact]
    public void Abandon_HalfDone_SaysWhereWhatStands() => RotationActs.Abandon(Stalled(), s_now).Outcome
        .ShouldBe("Given up: the new key is at aws:llm; not at vault:llm.");

    private static KeyRotation Stalled() => new()
    {
        Id = 1,
        Uid = Guid.Empty,
        KeyId = KeyId.Parse("k"),
        Actor = "ops",
        SubmittedAt = s_now,
        OldFingerprint = s_old,
        NewFingerprint = s_new,
        Grace = TimeSpan.FromHours(1),
        Phase = RotationPhase.Installing,
        ProvenAt = s_now,
        Needs = "Look.",
        Locations =
        [
            At(0, "aws") with { Step = LocationStep.Done, Before = s_old, BaseVersion = "v1", NewVersion = "v2" },
            At(1, "vault") with { Before = s_old, Foreign = new(s_foreign, "v7", s_now, "somebody") },
        ],
    };

    private static RotationLocation At(int ordinal, string store) =>
        new() { Ordinal = ordinal, Location = new() { Store = store, Name = "llm" } };
}

using KeyRotator.Keys;
using KeyRotator.Rotation;
using KeyRotator.Secrets;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Rotation;

/// <summary>What holds of the next step of every rotation that there can be.</summary>
public sealed class RotationPlanTests
{
    private const int Enough = 16;
    private static readonly DateTimeOffset s_now = new(2026, 11, 21, 10, 0, 0, TimeSpan.Zero);
    private static readonly Fingerprint s_old = Fingerprint.Parse(1.ToString("x64", null));
    private static readonly Fingerprint s_new = Fingerprint.Parse(2.ToString("x64", null));
    private static readonly DateTimeOffset?[] s_times = [null, s_now.AddMinutes(-1), s_now, s_now.AddMinutes(1)];

    private static readonly RotationView[] s_views =
    [
        new() { StagingStores = new HashSet<string> { "aws" } },
        new() { StagingStores = new HashSet<string> { "aws" }, HasValue = true },
    ];

    public static TheoryData<RotationPhase> OpenPhases =>
        [.. Enum.GetValues<RotationPhase>().Where(phase => phase < RotationPhase.Completed)];

    [Theory]
    [MemberData(nameof(OpenPhases))]
    public void Next_AnyRotation_IsAStepThatMayBeTakenNow(RotationPhase phase)
    {
        foreach (var (rotation, view) in All(phase))
        {
            var step = RotationPlan.Next(rotation, view, s_now);
            if (Fault(step, rotation, view) is { } fault)
            {
                Assert.Fail($"{fault} {step} of {Shown(rotation)}, value {view.HasValue}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(OpenPhases))]
    public void Next_EveryStepWorks_ComesToAStop(RotationPhase phase)
    {
        foreach (var (rotation, view) in All(phase))
        {
            if (!IsStop(Follow(rotation, view, isLost: false)) || !IsStop(Follow(rotation, view, isLost: true)))
            {
                Assert.Fail($"It goes round and round: {Shown(rotation)}");
            }
        }
    }

    [Fact]
    public void Next_OneThatHasEnded_StaysSo()
    {
        foreach (var phase in Enum.GetValues<RotationPhase>())
        {
            var ended = One(phase) with { EndedAt = s_now, Outcome = "Over." };

            RotationPlan.Next(ended, s_views[1], s_now).ShouldBe(new RotationStep.End(phase, "Over."));
        }
    }

    [Fact]
    public void Next_OperatorNeeded_DoesNothing()
    {
        foreach (var (rotation, view) in All(RotationPhase.Installing))
        {
            RotationPlan.Next(rotation with { Needs = "Look." }, view, s_now).ShouldBe(new RotationStep.Ask("Look."));
        }
    }

    private static string? Fault(RotationStep step, KeyRotation rotation, RotationView view) => step switch
    {
        RotationStep.Wait wait when wait.Until <= s_now => "It waits for what is over.",
        RotationStep.Write or RotationStep.Stage when !view.HasValue => "There is no value to write.",
        RotationStep.Write or RotationStep.Stage or RotationStep.Promote when !IsProven(rotation) => "Nothing proves the value good.",
        RotationStep.Prove or RotationStep.Promote when !view.HasValue => "There is no value to prove.",
        RotationStep.Recover when view.HasValue => "The value is at hand.",
        RotationStep.Ask when !rotation.Locations.Any(location => location.Foreign is not null) => "There is nothing to decide.",
        RotationStep.End { Phase: RotationPhase.RolledBack } when rotation.Locations.Any(
            location => location.Step is not LocationStep.Restored) => "It is not back everywhere.",
        RotationStep.End { Phase: RotationPhase.Refused } when rotation.Phase is RotationPhase.Installing && rotation.Locations.Any(
            location => location.IsUnknown || RotationPlan.HoldsCandidate(location)) => "Something may have changed.",
        RotationStep.GoLive when rotation.Locations.Any(location => location.Step is not (LocationStep.Done or LocationStep.Restored)) =>
            "It is not live everywhere.",
        _ when LocationOf(step) is { } location => location.Foreign is not null ? "A value that nobody expected is there."
            : location.RetryAt > s_now ? "It is too early."
            : null,
        _ => null,
    };

    private static bool IsProven(KeyRotation rotation) =>
        rotation.ProvenAt is { } at && at <= s_now && s_now - at < TimeSpan.FromMinutes(10);

    private static bool IsStop(RotationStep step) =>
        step is RotationStep.Wait or RotationStep.Ask or RotationStep.End or RotationStep.GoLive or RotationStep.AskAboutOld;

    // Each step does what it is for; a call whose outcome is not known did nothing, or all.
    private static RotationStep Follow(KeyRotation rotation, RotationView view, bool isLost)
    {
        var step = RotationPlan.Next(rotation, view, s_now);
        for (var count = 0; count < Enough && !IsStop(step); count++)
        {
            view = view with { HasValue = view.HasValue || step is RotationStep.Recover };
            var isFirst = rotation.Phase is RotationPhase.Submitted;
            rotation = step is RotationStep.Prove
                ? rotation with { ProvenAt = s_now, Phase = isFirst ? RotationPhase.Proven : rotation.Phase }
                : LocationOf(step) is { } location ? rotation.With(location with { Step = After(step, isLost) })
                : rotation;
            step = RotationPlan.Next(rotation, view, s_now);
        }

        return step;
    }

    private static LocationStep After(RotationStep step, bool isLost) => step switch
    {
        RotationStep.Settle when isLost => LocationStep.Planned,
        RotationStep.Stage => LocationStep.Staged,
        RotationStep.Promote or RotationStep.Write => LocationStep.Written,
        RotationStep.Restore => LocationStep.Restored,
        _ => LocationStep.Done,
    };

    private static RotationLocation? LocationOf(RotationStep step) => step switch
    {
        RotationStep.Settle settle => settle.Location,
        RotationStep.Stage stage => stage.Location,
        RotationStep.Promote promote => promote.Location,
        RotationStep.Write write => write.Location,
        RotationStep.ReadBack readBack => readBack.Location,
        RotationStep.Restore restore => restore.Location,
        _ => null,
    };

    private static IEnumerable<(KeyRotation Rotation, RotationView View)> All(RotationPhase phase) =>
        from first in Locations(0, "aws")
        from second in Locations(1, "vault")
        from provenAt in new DateTimeOffset?[] { null, s_now, s_now.AddMinutes(-10), s_now.AddMinutes(1) }
        from nextAt in phase is RotationPhase.Overlap or RotationPhase.OldKeyDead ? s_times : [null]
        from view in s_views
        select (One(phase) with { Locations = [first, second], ProvenAt = provenAt, NextAt = nextAt }, view);

    private static IEnumerable<RotationLocation> Locations(int ordinal, string store) =>
        from step in Enum.GetValues<LocationStep>().Where(step => step < LocationStep.Removing) // the others are of the kept copy alone
        from foreign in new ForeignSighting?[] { null, new(null, null, null, null) }
        from retryAt in s_times
        select new RotationLocation
        {
            Ordinal = ordinal,
            Location = new() { Store = store, Name = "llm" },
            Step = step,
            Before = s_old,
            BaseVersion = "v1",
            Foreign = foreign,
            RetryAt = retryAt,
        };

    private static KeyRotation One(RotationPhase phase) => new()
    {
        Id = 1,
        Uid = Guid.Empty,
        KeyId = KeyId.Parse("k"),
        Actor = "ops",
        SubmittedAt = s_now,
        OldFingerprint = s_old,
        NewFingerprint = s_new,
        Grace = TimeSpan.FromHours(1),
        Phase = phase,
        LiveAt = phase is RotationPhase.Overlap or RotationPhase.OldKeyDead ? s_now.AddDays(-1) : null,
        Locations = [],
    };

    private static string Shown(KeyRotation rotation) => $"{rotation.Phase}, proven {rotation.ProvenAt:HH:mm}: " + string.Join(
        "; ", rotation.Locations.Select(each => $"{each.Step}, foreign {each.Foreign is not null}, retry {each.RetryAt:HH:mm}"));
}

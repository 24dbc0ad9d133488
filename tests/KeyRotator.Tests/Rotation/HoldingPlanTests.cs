using KeyRotator.Keys;
using KeyRotator.Rotation;
using KeyRotator.Secrets;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Rotation;

/// <summary>What holds of the next step of every rotation whose new value waits.</summary>
public sealed class HoldingPlanTests
{
    private static readonly DateTimeOffset s_now = new(2026, 11, 21, 10, 0, 0, TimeSpan.Zero);
    private static readonly Fingerprint s_old = Fingerprint.Parse(1.ToString("x64", null));
    private static readonly Fingerprint s_new = Fingerprint.Parse(2.ToString("x64", null));
    private static readonly DateTimeOffset?[] s_times = [null, s_now.AddMinutes(-1), s_now, s_now.AddMinutes(1)];
    private static readonly DateTimeOffset[] s_lapses = [s_now.AddDays(1), s_now];
    private static readonly LocationStep[] s_places = [LocationStep.Planned, LocationStep.Done];
    private static readonly string?[] s_needs = [null, "Look."];
    private static readonly bool[] s_flags = [true, false];
    private static readonly LocationStep[] s_steps =
        [LocationStep.Planned, LocationStep.Writing, LocationStep.Written, LocationStep.Done, LocationStep.Removing, LocationStep.Removed];

    public static TheoryData<RotationPhase> Phases => [.. Enum.GetValues<RotationPhase>()];

    [Theory]
    [MemberData(nameof(Phases))]
    public void Next_AnyThatWaits_IsAStepThatMayBeTakenNow(RotationPhase phase)
    {
        foreach (var (rotation, view) in All(phase))
        {
            var step = RotationPlan.Next(rotation, view, s_now);
            if (Fault(step, rotation, view) is { } fault)
            {
                Assert.Fail($"{fault} {step} of {rotation.Phase}, {rotation.Held}, {rotation.Terms}, value {view.HasValue}");
            }
        }
    }

    [Theory]
    [InlineData(6.5, 7.5)]
    [InlineData(7d, 8d)]
    [InlineData(1d, 7d)]
    [InlineData(null, 7d)]
    public void LapseOf_Time_LeavesADayForIt(double? dueInDays, double expectedInDays) =>
        RotationTerms.LapseOf(s_now, dueInDays is { } days ? s_now.AddDays(days) : null).ShouldBe(s_now.AddDays(expectedInDays));

    private static string? Fault(RotationStep step, KeyRotation rotation, RotationView view) => step switch
    {
        RotationStep.Wait wait when wait.Until <= s_now => "It waits for what is over.",
        RotationStep.Stage or RotationStep.Write or RotationStep.Promote or RotationStep.Fetch when MustWait(rotation) => "It must wait.",
        RotationStep.Stage or RotationStep.Write or RotationStep.Promote or RotationStep.Fetch when HasLapsed(rotation) => "It has lapsed.",
        RotationStep.Stage or RotationStep.Write when !view.HasValue => "There is no value to write.",
        RotationStep.Hold { Held.Step: LocationStep.Planned } when !view.HasValue => "There is no value to hold.",
        RotationStep.Hold when rotation.Phase is not RotationPhase.Proven => "Nothing is held but what was just proven.",
        RotationStep.Fetch when view.HasValue => "The value is at hand.",
        RotationStep.Unhold { Held.HoldsCopy: false } => "There is nothing to remove.",
        RotationStep.Unhold { Then: null } when rotation.LiveAt is null => "It is needed still.",
        RotationStep.Unhold when rotation is { LiveAt: null, Phase: RotationPhase.Installing or RotationPhase.Proven or RotationPhase.Held }
            && !HasLapsed(rotation) && view.HasValue => "It is needed still.",
        RotationStep.End when rotation is { EndedAt: null, Held.HoldsCopy: true } => "It leaves a value behind.",
        RotationStep.Hold or RotationStep.Fetch or RotationStep.Unhold when rotation.Held!.RetryAt > s_now => "It is too early.",
        _ => null,
    };

    private static bool MustWait(KeyRotation rotation) => rotation.Phase is RotationPhase.Proven
        || rotation.AwaitsApproval || (rotation.Phase is RotationPhase.Held && rotation.Terms.DueAt > s_now);

    private static bool HasLapsed(KeyRotation rotation) =>
        rotation.Phase is RotationPhase.Proven or RotationPhase.Held && rotation.Terms.LapsesAt <= s_now;

    private static IEnumerable<(KeyRotation Rotation, RotationView View)> All(RotationPhase phase) =>
        from step in s_steps
        from retryAt in s_times
        from place in s_places
        from needs in s_needs
        from terms in Terms()
        from hasValue in s_flags
        let rotation = One(phase, step, retryAt, place) with { Terms = terms, Needs = needs }
        select (rotation, new RotationView { HasValue = hasValue, StagingStores = new HashSet<string> { "aws" } });

    private static IEnumerable<RotationTerms> Terms() =>
        from dueAt in s_times
        from lapsesAt in s_lapses
        from approvals in Enumerable.Range(0, 2)
        from approval in approvals == 0 ? [null] : new RotationApproval?[] { null, new("ben", s_now) }
        select new RotationTerms { DueAt = dueAt, LapsesAt = lapsesAt, Approvals = approvals, Approval = approval };

    private static KeyRotation One(RotationPhase phase, LocationStep held, DateTimeOffset? retryAt, LocationStep place) => new()
    {
        Id = 1,
        Uid = Guid.Empty,
        KeyId = KeyId.Parse("k"),
        Actor = "ops",
        SubmittedAt = s_now.AddDays(-6),
        OldFingerprint = s_old,
        NewFingerprint = s_new,
        Grace = TimeSpan.FromHours(1),
        Phase = phase,
        ProvenAt = s_now,
        LiveAt = phase is RotationPhase.Overlap or RotationPhase.OldKeyDead ? s_now.AddDays(-1) : null,
        Locations = [At(0, "aws", place), At(1, "vault", LocationStep.Planned)],
        Held = At(RotationLocation.HeldOrdinal, "hold", held) with { RetryAt = retryAt },
    };

    private static RotationLocation At(int ordinal, string store, LocationStep step) => new()
    {
        Ordinal = ordinal,
        Location = new() { Store = store, Name = "llm" },
        Step = step,
        Before = ordinal < 0 ? null : s_old,
        BaseVersion = "v1",
    };
}

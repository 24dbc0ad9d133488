using KeyRotator.Keys;

namespace KeyRotator.Rotation;

/// <summary>What a rotation does next whose candidate waits for its time, or for an approval. Pure.</summary>
internal static class HoldingPlan
{
    /// <summary>The next step of one that may not go live yet; null where it may.</summary>
    public static RotationStep? Next(KeyRotation rotation, RotationView view, DateTimeOffset now) => rotation switch
    {
        { Held: null } => null,
        { Phase: RotationPhase.Proven, Held: { RetryAt: { } retryAt } } when retryAt > now => new RotationStep.Wait(retryAt),
        { Phase: RotationPhase.Proven, Held.Step: LocationStep.Planned } when !view.HasValue =>
            new RotationStep.End(RotationPhase.Refused, RotationPlan.Interrupted),
        { Phase: RotationPhase.Proven, Held: { } held } => new RotationStep.Hold(held),
        { AwaitsApproval: true } => new RotationStep.Wait(LapseOf(rotation)),
        { Terms.DueAt: { } dueAt } when dueAt > now => new RotationStep.Wait(dueAt),
        _ => null,
    };

    /// <summary>Its end, where it waited too long; else null.</summary>
    public static RotationStep? Lapse(KeyRotation rotation, DateTimeOffset now) =>
        rotation is { Phase: RotationPhase.Proven or RotationPhase.Held, Held: not null } && now >= LapseOf(rotation)
            ? new RotationStep.End(RotationPhase.Refused, rotation.AwaitsApproval
                ? "It lapsed: nobody approved it in time. Nothing was changed."
                : "It lapsed: it could not begin in time. Nothing was changed.")
            : null;

    /// <summary>Once the candidate is live everywhere, nothing waits any more.</summary>
    public static RotationStep? Release(KeyRotation rotation, DateTimeOffset now) =>
        rotation is { EndedAt: null, LiveAt: not null, Phase: < RotationPhase.Completed, Held: { HoldsCopy: true } held }
            && !(held.RetryAt > now)
            ? new RotationStep.Unhold(held, null)
            : null;

    /// <summary>The value is read, where its store was not asked a moment ago.</summary>
    public static RotationStep Fetch(RotationLocation held, DateTimeOffset now) =>
        held.RetryAt is { } retryAt && retryAt > now ? new RotationStep.Wait(retryAt) : new RotationStep.Fetch(held);

    private static DateTimeOffset LapseOf(KeyRotation rotation) =>
        rotation.Terms.LapsesAt ?? RotationTerms.LapseOf(rotation.SubmittedAt, rotation.Terms.DueAt);
}

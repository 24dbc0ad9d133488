using KeyRotator.Audit;
using KeyRotator.Keys;

namespace KeyRotator.Rotation;

/// <summary>What the audit keeps of rotations. Pure.</summary>
internal static class RotationAudit
{
    /// <summary>A rotation was opened.</summary>
    public static AuditEntry Opened(KeyRotation rotation, AuditActor actor, string what) =>
        Entry(rotation, actor, rotation.SubmittedAt) with { Act = AuditActs.RotationOpened, Reason = what };

    /// <summary>What a step leads to: the writes that are about to begin, and what happened.</summary>
    /// <param name="before">The rotation as it stood.</param>
    /// <param name="after">As it stands now.</param>
    /// <param name="step">Who did what, and when; the act is <see cref="AuditActs.RotationStep"/> unless an operator decided it.</param>
    public static IEnumerable<AuditEntry> Of(KeyRotation before, KeyRotation after, RotationAct step)
    {
        foreach (var (was, location) in before.Places.Zip(after.Places))
        {
            if ((location.IsUnknown || location.Step is LocationStep.Removing) && was.Step != location.Step)
            {
                var reason = $"{Words(location)} {location.Location}.";
                yield return Entry(after, step.Actor, step.At) with
                {
                    Act = AuditActs.RotationWriteBegun,
                    Reason = reason,
                    Outcome = AuditActs.Begun,
                };
            }
        }

        foreach (var (was, location) in before.Locations.Zip(after.Locations))
        {
            if (location.Care.Purge is CareStep.Begun && was.Care.Purge is CareStep.None)
            {
                yield return Entry(after, step.Actor, step.At) with
                {
                    Act = AuditActs.RotationWriteBegun,
                    Reason = $"Destroying the old version {location.BaseVersion} at {location.Location}.",
                    Outcome = AuditActs.Begun,
                };
            }
        }

        if (step.What is not null)
        {
            var ends = before.EndedAt is null && after.EndedAt is not null;
            var act = step.IsDecision ? AuditActs.RotationDecided : ends ? AuditActs.RotationEnded : AuditActs.RotationStep;
            yield return Entry(after, step.Actor, step.At) with { Act = act, Reason = step.What };
        }
    }

    private static AuditEntry Entry(KeyRotation rotation, AuditActor actor, DateTimeOffset at) => new()
    {
        At = at,
        Actor = actor,
        Act = AuditActs.RotationStep,
        TargetKind = AuditActs.Key,
        Target = rotation.KeyId.Value,
        Rotation = rotation.Id,
        Outcome = rotation.Phase.ToString(),
        Old = rotation.OldFingerprint,
        New = rotation.NewFingerprint,
    };

    private static string Words(RotationLocation location) => location.Step switch
    {
        LocationStep.Removing when location.IsHeld => "Removing it from where it waited,",
        LocationStep.Removing => "Removing the copy of the old value from",
        LocationStep.Writing when location.IsKept => "Copying the old value to",
        LocationStep.Writing when location.IsHeld => "Writing it to where it waits,",
        LocationStep.Staging => "Staging it at",
        LocationStep.Promoting => "Making it current at",
        LocationStep.Restoring => "Putting the old value back at",
        _ => "Writing it to",
    };
}

/// <summary>A step of a rotation as the audit sees it.</summary>
/// <param name="At">When (UTC).</param>
/// <param name="Actor">Who.</param>
/// <param name="What">What happened, a sentence of ours; null where nothing did but a write that begins.</param>
internal sealed record RotationAct(DateTimeOffset At, AuditActor Actor, string? What)
{
    /// <summary>Whether an operator decided it.</summary>
    public bool IsDecision { get; init; }
}

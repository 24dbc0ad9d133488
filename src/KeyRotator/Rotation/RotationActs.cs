using KeyRotator.Keys;

namespace KeyRotator.Rotation;

/// <summary>What an operator may do to an open rotation. Pure.</summary>
internal static class RotationActs
{
    /// <summary>Carries on what waits for an operator or for time.</summary>
    /// <exception cref="RotationRefusedException">A value that nobody expected is in the way.</exception>
    public static KeyRotation Resume(KeyRotation rotation, DateTimeOffset now) => Foreign(rotation) is { } foreign
        ? throw new RotationRefusedException(
            $"{foreign.Location} holds a value that nobody expected ({Shown(foreign)}). Look who wrote it; then --adopt takes it as the "
            + "new value, --overwrite replaces exactly that value.")
        : Awake(rotation, now);

    /// <summary>Has the values replaced that nobody expected: those that were shown, and no others.</summary>
    /// <exception cref="RotationRefusedException">There is none.</exception>
    public static KeyRotation Overwrite(KeyRotation rotation, DateTimeOffset now)
    {
        Require(rotation);

        // On the way back, that value is what the old one is to replace: found there, it is not taken for what was there all along.
        var step = rotation.Phase is RotationPhase.RollingBack ? LocationStep.Restoring : LocationStep.Planned;
        var kept = rotation.Kept is { } copy ? Overwrite(copy, LocationStep.Planned) : null;
        return Awake(
            rotation with { Locations = [.. rotation.Locations.Select(location => Overwrite(location, step))], Kept = kept }, now);

        static RotationLocation Overwrite(RotationLocation location, LocationStep step) => location.Foreign is not { } foreign ? location
            : location with { Before = foreign.Fingerprint, BaseVersion = foreign.Version, Foreign = null, Step = step };
    }

    /// <summary>Takes the value that nobody expected as the new one: it is proven as a candidate is, and goes to the other
    /// locations.</summary>
    /// <exception cref="RotationRefusedException">There is none, or there are several.</exception>
    public static KeyRotation Adopt(KeyRotation rotation, DateTimeOffset now)
    {
        var found = Require(rotation);
        var foreign = found.IsKept
            ? throw new RotationRefusedException($"{found.Location} keeps the old value: what is there cannot become the new one.")
            : found.Foreign!;
        var values = rotation.Locations.Select(location => location.Foreign).OfType<ForeignSighting>().Select(each => each.Fingerprint);
        if (foreign.Fingerprint is not { } adopted || values.Distinct().Count() > 1)
        {
            throw new RotationRefusedException(
                "There is not one value to adopt: what was found is gone, or differs from place to place. Use --overwrite.");
        }

        var before = rotation.NewFingerprint;
        return Awake(
            rotation with
            {
                NewFingerprint = adopted,
                ProvenAt = null,
                Phase = RotationPhase.Installing,
                ExpiresAt = null,
                Locations = [.. rotation.Locations.Select(Adopt)],
            },
            now);

        RotationLocation Adopt(RotationLocation location) => location switch
        {
            { Foreign: not null } => location with { Foreign = null, Step = LocationStep.Written, NewVersion = location.Foreign.Version },
            { Step: LocationStep.Written or LocationStep.Done } =>
                location with { Before = before, BaseVersion = location.NewVersion, NewVersion = null, Step = LocationStep.Planned },
            _ => location with { Step = LocationStep.Planned },
        };
    }

    /// <summary>The old key was revoked at its provider: from now on it is asked for its death.</summary>
    /// <exception cref="RotationRefusedException">The new key is not live everywhere.</exception>
    public static KeyRotation Revoked(KeyRotation rotation, DateTimeOffset now) => rotation.Phase is RotationPhase.Overlap
        ? rotation with { RevokedAt = now, NextAt = now, Needs = null }
        : throw new RotationRefusedException(
            $"Rotation {rotation.Id} is at {rotation.Phase}: the new key is not live everywhere, or the old one was proven dead already.");

    /// <summary>Puts the old value back everywhere.</summary>
    /// <exception cref="RotationRefusedException">There is no old value, or it is dead.</exception>
    public static KeyRotation RollBack(KeyRotation rotation, DateTimeOffset now) => rotation switch
    {
        { OldFingerprint: null } => throw new RotationRefusedException("The key had no value before: there is nothing to put back."),
        { IsOldDead: true } =>
            throw new RotationRefusedException("The old key was dead before: putting it back would cut its consumers off."),
        { Phase: >= RotationPhase.Completed } =>
            throw new RotationRefusedException($"Rotation {rotation.Id} is ending as {rotation.Phase}."),
        { Phase: RotationPhase.OldKeyDead } => throw new RotationRefusedException("The old key is proven dead: it must not come back."),
        _ => Awake(rotation with { Phase = RotationPhase.RollingBack, ProvenAt = null }, now) with
        {
            Locations = [.. rotation.Locations.Select(location => location with { RetryAt = null, Foreign = null })],
        },
    };

    /// <summary>Gives it up where it stands.</summary>
    public static KeyRotation Abandon(KeyRotation rotation, DateTimeOffset now) => rotation switch
    {
        { Phase: >= RotationPhase.Completed } => rotation with
        {
            Outcome = $"{rotation.Outcome}{Left(rotation)}",
            EndedAt = now,
            NextAt = null,
        },
        { HasBegun: true } => rotation.EndedAs(
            RotationPhase.Abandoned,
            $"Given up: the new key is at {Places(rotation, isNew: true)}; not at {Places(rotation, isNew: false)}.",
            now),
        _ => rotation.EndedAs(RotationPhase.Abandoned, "Given up before anything was written.", now),
    };

    /// <summary>Closes it on an operator's word that the old key is revoked. It never counts as proven.</summary>
    /// <exception cref="RotationRefusedException">The new key is not live everywhere.</exception>
    public static KeyRotation Close(KeyRotation rotation, DateTimeOffset now) => rotation switch
    {
        { Phase: RotationPhase.OldKeyDead } when CarePlan.IsPurging(rotation) => rotation.EndedAs(
            RotationPhase.Completed, "The old key is proven dead; an operator closed it before every old version was destroyed.", now),
        { LiveAt: not null } => rotation.EndedAs(
            RotationPhase.Unproven, "Closed on an operator's word that the old key is revoked; nobody proved it.", now),
        _ => throw new RotationRefusedException(
            "The new key is not live everywhere: nothing is to be closed yet. Abandon it, or roll back."),
    };

    private static KeyRotation Awake(KeyRotation rotation, DateTimeOffset now) => rotation with
    {
        Needs = null,
        NextAt = now,
        Locations = [.. rotation.Locations.Select(location => location with { RetryAt = null })],
        Kept = rotation.Kept is { } kept ? kept with { RetryAt = null } : null,
    };

    private static RotationLocation? Foreign(KeyRotation rotation) =>
        rotation.Places.FirstOrDefault(location => location.Foreign is not null);

    private static RotationLocation Require(KeyRotation rotation) => Foreign(rotation)
        ?? throw new RotationRefusedException(
            $"Rotation {rotation.Id} found no value that nobody expected: resume it without that option.");

    private static string Shown(RotationLocation location) => location.Foreign?.Fingerprint?.Short ?? "nothing";

    private static string Left(KeyRotation rotation)
    {
        var kept = rotation.Kept is { HoldsCopy: true } copy ? $" The old value was left at {copy.Location}: remove it there." : "";
        var noted = rotation.Locations.Where(location => location.Care.IsLeft).Select(location => location.Location.ToString());
        var marks = string.Join(", ", noted);
        return marks.Length == 0 ? kept : $"{kept} Its notes were left at {marks}: `rotations recover` lists them.";
    }

    private static string Places(KeyRotation rotation, bool isNew)
    {
        var places = rotation.Locations.Where(location => location.Step is LocationStep.Written or LocationStep.Done == isNew)
            .Select(location => location.Location.ToString());
        return string.Join(", ", places) is { Length: > 0 } text ? text : "none";
    }
}

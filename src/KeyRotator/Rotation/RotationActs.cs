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
        if (rotation.Kind is RotationKind.Sync)
        {
            throw new RotationRefusedException(
                $"Rotation {rotation.Id} is a sync: it writes the primary's value and takes no other. Put {Shown(found)} at the primary "
                + "first, or replace it with --overwrite.");
        }

        if (rotation.Held is not null)
        {
            throw new RotationRefusedException(
                "What waited for its time, or was approved, is not what was found. Replace that with --overwrite; or abandon the "
                + "rotation, and hand in what was found.");
        }

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
        { Kind: RotationKind.Sync } => throw new RotationRefusedException(
            $"Rotation {rotation.Id} is a sync: no key was replaced, so there is nothing to put back. Abandon it, or resume it."),
        { OldFingerprint: null } => throw new RotationRefusedException("The key had no value before: there is nothing to put back."),
        { Phase: RotationPhase.Held } =>
            throw new RotationRefusedException($"Rotation {rotation.Id} waits and has changed nothing: abandon it to call it off."),
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

    /// <summary>Somebody else says that it may go live.</summary>
    /// <exception cref="RotationRefusedException">It waits for no approval, or not for this person's.</exception>
    public static KeyRotation Approve(KeyRotation rotation, RotationPerson by, DateTimeOffset now) => rotation switch
    {
        { Terms.Approval: { } given } => throw new RotationRefusedException(
            $"Rotation {rotation.Id} was approved already, by {given.By} at {given.At:yyyy-MM-dd HH:mm:ss}Z."),
        { Terms.Approvals: 0 } => throw new RotationRefusedException($"Rotation {rotation.Id} needs no approval."),
        { AwaitsApproval: false } => throw new RotationRefusedException(
            $"Rotation {rotation.Id} is at {rotation.Phase}: it can be approved once its new key is proven and waits."),
        { Terms.LapsesAt: { } lapsesAt } when now >= lapsesAt => throw new RotationRefusedException(
            $"Rotation {rotation.Id} lapsed at {lapsesAt:yyyy-MM-dd HH:mm:ss}Z: hand the new key in again."),
        { Terms.Submitter: not { } } => throw new RotationRefusedException(
            $"Nobody knows who handed rotation {rotation.Id} in: abandon it."),
        { Terms.Submitter: { } submitter } when by.WhyNotApprove(submitter) is { } why => throw new RotationRefusedException(why),
        _ => rotation with
        {
            Terms = rotation.Terms with { Approval = new(by.Name, now) },
            NextAt = rotation.Terms.DueAt > now ? rotation.Terms.DueAt : now,
        },
    };

    /// <summary>Gives it up where it stands. A copy of the old value stays where something was overwritten: the old key may be alive, and
    /// nothing else may hold it.</summary>
    public static KeyRotation Abandon(KeyRotation rotation, DateTimeOffset now) => rotation switch
    {
        { Phase: >= RotationPhase.Completed } => rotation with
        {
            Outcome = $"{rotation.Outcome}{Left(rotation)}",
            EndedAt = now,
            NextAt = null,
        },
        { HasBegun: true, Kept: { HoldsCopy: true } copy } => rotation.With(copy with { Step = LocationStep.Removed }).EndedAs(
            RotationPhase.Abandoned,
            $"{GivenUp(rotation)} The old value was left at {copy.Location}: remove it there once the old key is revoked.",
            now),
        { HasBegun: true } => rotation.EndedAs(RotationPhase.Abandoned, GivenUp(rotation), now),
        _ => rotation.EndedAs(RotationPhase.Abandoned, "Given up before anything was written.", now),
    };

    /// <summary>Gives it up where it stands and touches no store any more: a copy of the old value stays where it is kept.</summary>
    public static KeyRotation Leave(KeyRotation rotation, DateTimeOffset now)
    {
        var given = Abandon(rotation, now);
        return given.EndedAt is null ? Abandon(given, now) : given;
    }

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
        Held = Awake(rotation.Held, now),
    };

    // One that is to be removed is due by its time alone.
    private static RotationLocation? Awake(RotationLocation? held, DateTimeOffset now) =>
        held is { RetryAt: not null } ? held with { RetryAt = now } : held;

    private static string LeftAt(RotationLocation copy) =>
        $" The {(copy.IsHeld ? "new" : "old")} value was left at {copy.Location}: remove it there.";

    private static RotationLocation? Foreign(KeyRotation rotation) =>
        rotation.Places.FirstOrDefault(location => location.Foreign is not null);

    private static RotationLocation Require(KeyRotation rotation) => Foreign(rotation)
        ?? throw new RotationRefusedException(
            $"Rotation {rotation.Id} found no value that nobody expected: resume it without that option.");

    private static string Shown(RotationLocation location) => location.Foreign?.Fingerprint?.Short ?? "nothing";

    private static string GivenUp(KeyRotation rotation) =>
        $"Given up: the new key is at {Places(rotation, isNew: true)}; not at {Places(rotation, isNew: false)}.";
    private static string Left(KeyRotation rotation)
    {
        var kept = string.Concat(rotation.Copies.Where(copy => copy.HoldsCopy).Select(LeftAt));
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

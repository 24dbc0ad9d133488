using KeyRotator.Keys;

namespace KeyRotator.Rotation;

/// <summary>From where a rotation stands to what it does next. Pure.</summary>
internal static class RotationPlan
{
    /// <summary>How long a proof of the candidate holds: what is written later is proven anew.</summary>
    public static TimeSpan ProofHolds { get; } = TimeSpan.FromMinutes(10);

    /// <summary>The last question about a dead key comes that much later.</summary>
    public static TimeSpan LastLook { get; } = TimeSpan.FromDays(1);

    /// <summary>How it ends where it was interrupted before anything was written.</summary>
    public const string Interrupted = "It was interrupted before anything was written: nothing has changed.";

    /// <summary>What it needs where no location holds the candidate any more.</summary>
    public const string ValueNeeded =
        "Some locations hold the new key and others do not, and its value is nowhere to be read: hand the same value in again.";

    private static readonly RotationStep s_completed =
        new RotationStep.End(RotationPhase.Completed, "The new key is live everywhere, and the old key is proven dead.");

    /// <summary>The next step.</summary>
    public static RotationStep Next(KeyRotation rotation, RotationView view, DateTimeOffset now)
    {
        if (HoldingPlan.Release(rotation, now) is { } release)
        {
            return release;
        }

        var next = HoldingPlan.Lapse(rotation, now) ?? Choose(rotation, view, now);
        return next is RotationStep.End end && rotation.EndedAt is null ? CarePlan.Tidy(rotation, end, now) : next;
    }

    private static RotationStep Choose(KeyRotation rotation, RotationView view, DateTimeOffset now) => rotation switch
    {
        { EndedAt: not null } => new RotationStep.End(rotation.Phase, rotation.Outcome ?? ""),
        { Needs: { } needs } => new RotationStep.Ask(needs),
        { Phase: RotationPhase.Submitted, Kind: RotationKind.Sync } when !view.HasValue => new RotationStep.Recover(),
        { Phase: RotationPhase.Submitted } when !view.HasValue => new RotationStep.End(RotationPhase.Refused, Interrupted),
        { Phase: RotationPhase.Submitted } => new RotationStep.Prove(),
        { Phase: RotationPhase.Proven or RotationPhase.Held } when HoldingPlan.Next(rotation, view, now) is { } wait => wait,
        { Phase: RotationPhase.Proven or RotationPhase.Held or RotationPhase.Installing } => Install(rotation, view, now),
        { Phase: RotationPhase.RollingBack } => RollBack(rotation, now),
        { Phase: RotationPhase.Overlap } => CarePlan.Mark(rotation, view, now) ?? SeeOut(rotation, now),
        { Phase: RotationPhase.OldKeyDead } => Finish(rotation, view, now),
        _ => new RotationStep.End(rotation.Phase, rotation.Outcome ?? ""),
    };

    private static RotationStep Install(KeyRotation rotation, RotationView view, DateTimeOffset now)
    {
        var open = rotation.Locations.Where(location => !location.IsSettled).ToList();
        if (open.Count == 0)
        {
            return CarePlan.Mark(rotation, view, now) ?? (rotation.Kind is RotationKind.Sync
                ? new RotationStep.End(RotationPhase.Completed, "Every location holds the primary's value.")
                : new RotationStep.GoLive());
        }

        var ready = open.FindAll(location => location.Foreign is null && !(location.RetryAt > now));
        return ready.Find(location => location.IsUnknown) is { } unknown ? new RotationStep.Settle(unknown)
            : ready.Find(location => location.Step is LocationStep.Written) is { } written ? new RotationStep.ReadBack(written)
            : Move(ready, open, view) is { } move
                ? Prepared(Keep(rotation, now) ?? CarePlan.Before(move, rotation, view), rotation, view, now)
            : CarePlan.Mark(rotation, view, now) ?? Blocked(open, now);
    }

    // Nothing is overwritten before the old value lies safe.
    private static RotationStep? Keep(KeyRotation rotation, DateTimeOffset now) => rotation.Kept switch
    {
        null or { Step: LocationStep.Done } => null,
        { Foreign: { } foreign } kept => new RotationStep.Ask(
            $"{kept.Location}, where the old value is to be kept, holds another value ({Shown(kept, foreign)}){By(foreign)}: nothing was "
            + "changed. "
            + "Look whose it is; then overwrite exactly that value with --overwrite, or abandon the rotation."),
        { RetryAt: { } retryAt } when retryAt > now => new RotationStep.Wait(retryAt),
        { } kept => new RotationStep.Keep(kept),
    };

    // All that can be staged is staged before readers see anything. A location that is down does not hold up the others.
    private static RotationStep? Move(List<RotationLocation> ready, List<RotationLocation> open, RotationView view)
    {
        bool IsPlanned(RotationLocation location) => location.Step is LocationStep.Planned;
        bool CanStage(RotationLocation location) =>
            location.BaseVersion is not null && view.StagingStores.Contains(location.Location.Store);

        // One version of a secret is staged at a time: another field of it comes after.
        bool IsFree(RotationLocation location) => !open.Exists(
            other => other.Step is LocationStep.Staged && other.Location.Store == location.Location.Store
                && other.Location.Name == location.Location.Name);

        var stageable = ready.Find(location => IsPlanned(location) && CanStage(location) && IsFree(location));
        return stageable is not null ? new RotationStep.Stage(stageable)
            : ready.Find(location => location.Step is LocationStep.Staged) is { } staged ? new RotationStep.Promote(staged)
            : ready.Find(location => IsPlanned(location) && !CanStage(location)) is { } planned ? new RotationStep.Write(planned)
            : null;
    }

    // Nothing goes live that was not proven a moment ago, and nothing is proven or written whose value is not at hand.
    private static RotationStep Prepared(RotationStep move, KeyRotation rotation, RotationView view, DateTimeOffset now)
    {
        if (move is RotationStep.Wait or RotationStep.Ask)
        {
            return move;
        }

        if (view.HasValue)
        {
            return IsProven(rotation, now) ? move : new RotationStep.Prove();
        }

        return rotation.Locations.Any(HoldsCandidate) ? new RotationStep.Recover()
            : rotation.Held is { Step: LocationStep.Done } held ? HoldingPlan.Fetch(held, now)
            : !rotation.Locations.Any(location => location.IsUnknown)
                ? new RotationStep.End(RotationPhase.Refused, Interrupted)
                : Blocked([.. rotation.Locations.Where(location => location.IsUnknown)], now);
    }

    /// <summary>Whether the proof of what is written still holds: of the candidate, or on the way back of the old value.</summary>
    public static bool IsProven(KeyRotation rotation, DateTimeOffset now) =>
        rotation.ProvenAt is { } at && at <= now && now - at < ProofHolds;

    /// <summary>Whether the candidate can be read there.</summary>
    public static bool HoldsCandidate(RotationLocation location) => location.Step
        is LocationStep.Staged or LocationStep.Promoting or LocationStep.Written or LocationStep.Done;

    private static RotationStep Blocked(List<RotationLocation> open, DateTimeOffset now) =>
        open.Where(location => location.Foreign is null && location.RetryAt > now).Min(location => location.RetryAt) is { } retryAt
            ? new RotationStep.Wait(retryAt)
            : new RotationStep.Ask(ForeignNeeds(open.Find(location => location.Foreign is not null)));

    private static string ForeignNeeds(RotationLocation? location) => location?.Foreign is not { } foreign
        ? ValueNeeded
        : $"Somebody else changed {location.Location}{At(foreign)}{By(foreign)}: it holds {Shown(location, foreign)}. Take it as the new "
            + "value with --adopt, or overwrite exactly that value with --overwrite.";

    private static string Shown(RotationLocation location, ForeignSighting foreign) => foreign.Fingerprint switch
    {
        null => "nothing",
        { } print when print == location.Before => $"the value before again ({print.Short})",
        { } print => $"{print.Short}, neither the value before nor the new one",
    };

    private static string At(ForeignSighting foreign) => foreign.WrittenAt is { } at ? $" at {at:yyyy-MM-dd HH:mm:ss}Z" : "";

    private static string By(ForeignSighting foreign) => foreign.WrittenBy is { } who ? $" ({who})" : "";

    private static RotationStep RollBack(KeyRotation rotation, DateTimeOffset now)
    {
        var open = rotation.Locations.Where(location => location.Step is not LocationStep.Restored).ToList();
        return open.Count == 0
            ? new RotationStep.End(RotationPhase.RolledBack, "Every location holds the old value again.")
            : open.Find(location => location.Foreign is null && !(location.RetryAt > now)) is { } next
                ? new RotationStep.Restore(next)
                : Blocked(open, now);
    }

    private static RotationStep SeeOut(KeyRotation rotation, DateTimeOffset now) => rotation switch
    {
        { OldFingerprint: null } => new RotationStep.End(RotationPhase.Completed, "The key had no value before: there is none to revoke."),
        { RevokedAt: null, GraceEndsAt: { } end } when now < end => new RotationStep.Wait(CarePlan.Sooner(rotation, end)),
        { WaivesProof: true } => new RotationStep.End(
            RotationPhase.Unproven, "The old value was not kept, so nobody can prove that the old key is dead."),
        { NextAt: { } next } when now < next => new RotationStep.Wait(next),
        _ => new RotationStep.AskAboutOld(),
    };

    private static RotationStep Finish(KeyRotation rotation, RotationView view, DateTimeOffset now) => rotation switch
    {
        _ when view.Purges && CarePlan.IsPurging(rotation) => CarePlan.Purge(rotation, view, now) ?? s_completed,
        { NextAt: { } next } when now < next => new RotationStep.Wait(next),
        { NextAt: not null } => new RotationStep.AskAboutOld(),
        _ => (view.Purges ? CarePlan.Purge(rotation, view, now) : null) ?? s_completed,
    };
}

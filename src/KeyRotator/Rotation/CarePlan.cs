using KeyRotator.Keys;

namespace KeyRotator.Rotation;

/// <summary>From where a rotation stands to what it does at its stores beside the value: pins, marks, and the end of the old version.
/// Pure.</summary>
internal static class CarePlan
{
    /// <summary>What comes before a step: the version that is about to be superseded is pinned first.</summary>
    public static RotationStep Before(RotationStep move, KeyRotation rotation, RotationView view) =>
        move is RotationStep.Promote { Location: { Care.Pin: CareStep.None or CareStep.Begun } location }
            && view.PinningStores.Contains(location.Location.Store) && HadOld(rotation, location)
                ? new RotationStep.Pin(location)
                : move;

    /// <summary>The next secret to mark, of those that were written; null where there is none. A mark holds up nothing.</summary>
    public static RotationStep? Mark(KeyRotation rotation, RotationView view, DateTimeOffset now) =>
        rotation.Kind is RotationKind.Replacement
            && rotation.Locations.FirstOrDefault(location => IsUnmarked(location) && view.TaggingStores.Contains(location.Location.Store)
                && !(location.RetryAt > now)) is { } next
            ? new RotationStep.Mark(next)
            : null;

    /// <summary>A wait that ends earlier where a mark is to be tried again.</summary>
    public static DateTimeOffset Sooner(KeyRotation rotation, DateTimeOffset end) =>
        rotation.Locations.Where(IsUnmarked).Min(location => location.RetryAt) is { } retryAt && retryAt < end ? retryAt : end;

    /// <summary>Whether the end of the old version has begun: the provider is asked about the old key no more.</summary>
    public static bool IsPurging(KeyRotation rotation) => rotation.Locations.Any(location => location.Care.Purge is not CareStep.None);

    /// <summary>The next old version to destroy, or the time to wait for; null where none is left.</summary>
    public static RotationStep? Purge(KeyRotation rotation, RotationView view, DateTimeOffset now)
    {
        var left = rotation.Locations.Where(
            location => location.Care.Purge is CareStep.None or CareStep.Begun && location.BaseVersion is not null
                && location.BaseVersion != location.NewVersion && HadOld(rotation, location)
                && view.VersionedStores.Contains(location.Location.Store)).ToList();
        return left.Find(location => !(location.RetryAt > now)) is { } next ? new RotationStep.Purge(next)
            : left.Min(location => location.RetryAt) is { } retryAt ? new RotationStep.Wait(retryAt)
            : null;
    }

    /// <summary>On the way to an end: what lies in stores and goes with the rotation is removed first.</summary>
    public static RotationStep Tidy(KeyRotation rotation, RotationStep.End end, DateTimeOffset now)
    {
        var left = rotation.Places.Where(place => place.HoldsCopy || place.Care.IsLeft).ToList();
        return left.Find(place => !(place.RetryAt > now)) is { } next
            ? next.IsKept ? new RotationStep.Unkeep(next, end)
                : next.IsHeld ? new RotationStep.Unhold(next, end)
                : new RotationStep.Tidy(next, end)
            : left.Min(place => place.RetryAt) is { } retryAt ? new RotationStep.Wait(retryAt)
            : end;
    }

    private static bool IsUnmarked(RotationLocation location) =>
        location is { Step: LocationStep.Done, Care.Mark: CareStep.None or CareStep.Begun };

    private static bool HadOld(KeyRotation rotation, RotationLocation location) =>
        rotation.OldFingerprint is { } old && location.Before == old;
}

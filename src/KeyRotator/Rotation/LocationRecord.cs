using KeyRotator.Keys;
using KeyRotator.Stores;

namespace KeyRotator.Rotation;

/// <summary>Records what was found or went wrong at a location, and at those that shared its call.</summary>
internal sealed class LocationRecord(RotationDesk desk, RotationJournal journal, LocationReader reader)
{
    /// <summary>Records several locations at once.</summary>
    public Task SaveAsync(IEnumerable<RotationLocation> locations, string? what, CancellationToken cancellationToken) =>
        journal.SaveAsync(locations.Aggregate(journal.Rotation, (rotation, each) => rotation.With(each)), what, cancellationToken);

    /// <summary>The candidate was read there.</summary>
    public Task DoneAsync(RotationLocation location, Sighting seen, CancellationToken cancellationToken) => journal.SaveAsync(
        location.MovedTo(LocationStep.Done) with { NewVersion = seen.Version, Foreign = null },
        $"Read it back at {location.Location}: the new key is there.",
        cancellationToken);

    /// <summary>A value that nobody expected was read there.</summary>
    public async Task ForeignAsync(RotationLocation location, Sighting seen, CancellationToken cancellationToken)
    {
        var foreign = await reader.DescribeAsync(location, seen, cancellationToken);
        var what = $"Found another value at {location.Location} ({seen.Print?.Short ?? "nothing"}): it is left as it is.";
        await journal.SaveAsync(location with { Foreign = foreign }, what, cancellationToken);
    }

    // Who waits for one secret holds no other: two rotations could wait for each other.
    /// <summary>Another rotation writes that secret now.</summary>
    public async Task PauseAsync(IEnumerable<RotationLocation> group, CancellationToken cancellationToken)
    {
        var until = desk.Time.GetUtcNow() + LocationWork.LockPause;
        await SaveAsync(group.Select(each => each with { RetryAt = until }), null, cancellationToken);
        await journal.UnlockAsync(cancellationToken);
    }

    // A conflict is looked at anew at once. Every other failure leaves open what the call did: reading will tell.
    /// <summary>Does something at a location, and records where its store fails.</summary>
    public async Task TryAsync(RotationLocation location, Func<Task> work, CancellationToken cancellationToken)
    {
        try
        {
            await work();
        }
        catch (SecretConflictException conflict)
        {
            await ConflictAsync(journal.Rotation.Locations[location.Ordinal], conflict, cancellationToken);

            // What is in the way may be another rotation's, which needs the lock to go on.
            await journal.UnlockAsync(cancellationToken);
        }
        catch (SecretStoreException failure)
        {
            await FailAsync(journal.Rotation.Locations[location.Ordinal], failure.FullAdvice, cancellationToken);
        }
    }

    /// <summary>It failed; it is tried again after a while.</summary>
    public Task FailAsync(RotationLocation location, string fault, CancellationToken cancellationToken)
    {
        var retryAt = desk.Time.GetUtcNow() + BackOff.After(location.Failures, desk.Random);
        var group = WriteGroup.Bound(journal.Rotation, location).Select(each => Failed(each, fault) with { RetryAt = retryAt });
        return SaveAsync(group, location.Fault == fault ? null : $"{location.Location}: {fault}", cancellationToken);
    }

    // The first is looked at anew at once: somebody was quicker. One that comes again and again stalls the rotation.
    private Task ConflictAsync(RotationLocation location, SecretConflictException conflict, CancellationToken cancellationToken)
    {
        DateTimeOffset? retryAt = location.Failures == 0 ? null : desk.Time.GetUtcNow() + BackOff.After(location.Failures, desk.Random);
        var group = WriteGroup.Bound(journal.Rotation, location)
            .Select(each => Failed(each, conflict.Advice) with { Step = LocationStep.Planned, RetryAt = retryAt });
        return SaveAsync(group, null, cancellationToken);
    }

    private RotationLocation Failed(RotationLocation location, string fault) => location with
    {
        Failures = location.Failures + 1,
        FailingSince = location.FailingSince ?? desk.Time.GetUtcNow(),
        Fault = fault,
    };
}

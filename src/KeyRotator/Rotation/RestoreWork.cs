using KeyRotator.Keys;
using KeyRotator.Stores;

namespace KeyRotator.Rotation;

/// <summary>Puts the old value back at one location.</summary>
internal sealed class RestoreWork(RotationDesk desk, RotationJournal journal)
{
    private readonly LocationReader _reader = new(desk);
    private readonly ValueFinder _finder = new(desk);

    /// <summary>One step on the way: a write, or the look that finds the old value in place.</summary>
    public async Task RestoreAsync(RotationLocation location, CancellationToken cancellationToken)
    {
        try
        {
            var seen = await _reader.LookAsync(location, cancellationToken);
            await (seen.Print == location.Before ? RestoredAsync(location, cancellationToken)
                : seen.Print == journal.Rotation.NewFingerprint ? PutBackAsync(location, seen, cancellationToken)
                : ForeignAsync(location, seen, cancellationToken));
        }
        catch (SecretStoreException failure)
        {
            await FailAsync(journal.Rotation.Locations[location.Ordinal], failure.FullAdvice, cancellationToken);
        }
    }

    private async Task PutBackAsync(RotationLocation location, Sighting seen, CancellationToken cancellationToken)
    {
        if (await _finder.OldAsync(journal.Rotation, cancellationToken) is not { } old)
        {
            await journal.SaveAsync(
                journal.Rotation with { Needs = "The old value is nowhere to be read: nothing can be put back. Abandon the rotation." },
                null,
                cancellationToken);
            return;
        }

        if (!await journal.LockAsync(location, cancellationToken))
        {
            var later = location with { RetryAt = desk.Time.GetUtcNow() + LocationWork.LockPause };
            await journal.SaveAsync(later, null, cancellationToken);
            return;
        }

        var attempt = location.Attempt + 1;
        var token = WriteToken.Of(journal.Rotation, location.Location, seen.Version, attempt, "restore");
        var begun = location with { Step = LocationStep.Restoring, Attempt = attempt, Token = token, BegunAt = desk.Time.GetUtcNow() };
        await journal.SaveAsync(begun, null, cancellationToken);
        var store = (IWritableSecretStore)desk.Stores[location.Location.Store];
        SecretVersion? expected = seen.Version is { } version ? new SecretVersion(version) : null;
        await store.WriteAsync(new SecretWrite(location.Location, old, expected, token), cancellationToken);
        await journal.SaveAsync(begun, $"Put the old value back at {location.Location}.", cancellationToken);
    }

    // A version that is staged and never became current is taken back, so that nobody makes it current by hand.
    private async Task RestoredAsync(RotationLocation location, CancellationToken cancellationToken)
    {
        var isStaged = location is { Step: LocationStep.Staged or LocationStep.Staging or LocationStep.Promoting, NewVersion: not null };
        if (isStaged && desk.Stores[location.Location.Store] is IStagingSecretStore store)
        {
            await store.UnstageAsync(location.Location, new SecretVersion(location.NewVersion!), cancellationToken);
        }

        var restored = location with { Step = LocationStep.Restored, Failures = 0, FailingSince = null, RetryAt = null, Fault = null };
        await journal.SaveAsync(restored, $"The old value is at {location.Location}.", cancellationToken);
    }

    private async Task ForeignAsync(RotationLocation location, Sighting seen, CancellationToken cancellationToken)
    {
        var foreign = await _reader.DescribeAsync(location, seen, cancellationToken);
        var what = $"Found another value at {location.Location} ({seen.Print?.Short ?? "nothing"}): it is left as it is.";
        await journal.SaveAsync(location with { Foreign = foreign }, what, cancellationToken);
    }

    private Task FailAsync(RotationLocation location, string fault, CancellationToken cancellationToken)
    {
        var now = desk.Time.GetUtcNow();
        var failed = location with
        {
            Failures = location.Failures + 1,
            FailingSince = location.FailingSince ?? now,
            RetryAt = now + BackOff.After(location.Failures, desk.Random),
            Fault = fault,
        };
        return journal.SaveAsync(failed, location.Fault == fault ? null : $"{location.Location}: {fault}", cancellationToken);
    }
}

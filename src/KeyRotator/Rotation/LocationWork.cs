using KeyRotator.Keys;
using KeyRotator.Secrets;
using KeyRotator.Stores;

namespace KeyRotator.Rotation;

/// <summary>The steps of one location: each recorded before its call and after. What stands there is judged by the field's fingerprint,
/// never by the secret's version.</summary>
internal sealed class LocationWork(RotationDesk desk, RotationJournal journal)
{
    private readonly LocationReader _reader = new(desk);
    private readonly StagedLeftovers _leftovers = new(desk, journal);

    /// <summary>Before it is concluded that an interrupted call did nothing, it gets that long to arrive.</summary>
    public static TimeSpan SettleTime { get; } = TimeSpan.FromMinutes(1);

    /// <summary>A secret that another rotation writes is looked at again after this.</summary>
    public static TimeSpan LockPause { get; } = TimeSpan.FromSeconds(5);

    /// <summary>Adds the candidate where readers do not see it yet, and reads it back.</summary>
    public Task StageAsync(RotationLocation location, SecretValue value, CancellationToken cancellationToken) =>
        TryAsync(location, async () =>
        {
            var store = desk.WriterOf<IStagingSecretStore>(location.Location);

            // What was staged for a version that is current no more stands in the way of the next attempt.
            if (location.NewVersion is { } stale)
            {
                await store.UnstageAsync(location.Location, VersionOf(stale), cancellationToken);
            }

            if (await BeginAsync(location, LocationStep.Staging, cancellationToken) is not { } begun)
            {
                return;
            }

            try
            {
                var staged = await store.StageAsync(WriteOf(begun, value), cancellationToken);
                await SettleStagedAsync(begun, staged.Id, cancellationToken);
            }
            catch (SecretConflictException)
            {
                await _leftovers.TakeBackAsync(begun, cancellationToken);
                throw;
            }
        }, cancellationToken);

    /// <summary>Makes the staged version the current one.</summary>
    public Task PromoteAsync(RotationLocation location, CancellationToken cancellationToken) => TryAsync(location, async () =>
    {
        var store = desk.WriterOf<IStagingSecretStore>(location.Location);
        if (!await journal.LockAsync(location, cancellationToken))
        {
            await PauseAsync(location, cancellationToken);
            return;
        }

        var begun = location with { Step = LocationStep.Promoting, BegunAt = desk.Time.GetUtcNow() };
        await journal.SaveAsync(begun, null, cancellationToken);
        await store.PromoteAsync(begun.Location, VersionOf(begun.NewVersion), VersionOf(begun.BaseVersion), cancellationToken);
        await journal.SaveAsync(Moved(begun, LocationStep.Written), $"Made it current at {begun.Location}.", cancellationToken);
    }, cancellationToken);

    /// <summary>Writes the candidate for all readers at once.</summary>
    public Task WriteAsync(RotationLocation location, SecretValue value, CancellationToken cancellationToken) =>
        TryAsync(location, async () =>
        {
            var store = desk.WriterOf<IWritableSecretStore>(location.Location);
            if (await BeginAsync(location, LocationStep.Writing, cancellationToken) is not { } begun)
            {
                return;
            }

            var version = await store.WriteAsync(WriteOf(begun, value), cancellationToken);
            var written = Moved(begun, LocationStep.Written) with { NewVersion = version?.Id };
            await journal.SaveAsync(written, $"Wrote it to {begun.Location}.", cancellationToken);
        }, cancellationToken);

    /// <summary>Reads back what was written.</summary>
    public Task ReadBackAsync(RotationLocation location, CancellationToken cancellationToken) => TryAsync(location, async () =>
    {
        var seen = await _reader.LookAsync(location, cancellationToken);
        await (seen.Print == journal.Rotation.NewFingerprint ? DoneAsync(location, seen, cancellationToken)
            : seen.Print == location.Before ? LaterAsync(location, seen, cancellationToken)
            : ForeignAsync(location, seen, cancellationToken));
    }, cancellationToken);

    /// <summary>Finds out what an interrupted call did, by reading.</summary>
    public Task SettleAsync(RotationLocation location, CancellationToken cancellationToken) => TryAsync(location, async () =>
    {
        var seen = await _reader.LookAsync(location, cancellationToken);
        if (seen.Print == journal.Rotation.NewFingerprint)
        {
            await DoneAsync(location, seen, cancellationToken);
        }
        else if (seen.Print != location.Before)
        {
            await ForeignAsync(location, seen, cancellationToken);
        }
        else if (await StagedAsync(location, cancellationToken) is { } staged)
        {
            await SettleStagedAsync(location, staged.Id, cancellationToken);
        }
        else
        {
            await NotYetAsync(location, cancellationToken);
        }
    }, cancellationToken);

    // Read right before the call, so that nothing is written over what nobody expected.
    private async Task<RotationLocation?> BeginAsync(RotationLocation location, LocationStep step, CancellationToken cancellationToken)
    {
        var seen = await _reader.LookAsync(location, cancellationToken);
        if (seen.Print == journal.Rotation.NewFingerprint)
        {
            await DoneAsync(location, seen, cancellationToken);
            return null;
        }

        if (seen.Print != location.Before)
        {
            await ForeignAsync(location, seen, cancellationToken);
            return null;
        }

        if (!await journal.LockAsync(location, cancellationToken))
        {
            await PauseAsync(location, cancellationToken);
            return null;
        }

        var attempt = location.Attempt + 1;
        var begun = location with
        {
            Step = step,
            BaseVersion = seen.Version,
            Care = seen.Version == location.BaseVersion ? location.Care : location.Care with { Pin = PinOf(location) },
            NewVersion = null,
            Attempt = attempt,
            Token = WriteToken.Of(journal.Rotation, location.Location, seen.Version, attempt, "write"),
            BegunAt = desk.Time.GetUtcNow(),
            RetryAt = null,
        };
        await journal.SaveAsync(journal.Rotation.With(begun) with { Phase = RotationPhase.Installing }, null, cancellationToken);
        return begun;
    }

    private async Task SettleStagedAsync(RotationLocation location, string version, CancellationToken cancellationToken)
    {
        var seen = await _reader.ReadAsync(location, VersionOf(version), cancellationToken);
        if (seen.Print != journal.Rotation.NewFingerprint)
        {
            throw new SecretStoreException(
                location.Location.Store, "read", location.Location, isTransient: true, "The staged version does not hold what was sent.");
        }

        var staged = Moved(location, LocationStep.Staged) with { NewVersion = version };
        await journal.SaveAsync(staged, $"Staged it at {location.Location}: readers do not see it yet.", cancellationToken);
    }

    private async Task<SecretVersion?> StagedAsync(RotationLocation location, CancellationToken cancellationToken)
    {
        if (location.Step is LocationStep.Promoting && location.NewVersion is { } known)
        {
            return VersionOf(known);
        }

        return location.Step is LocationStep.Staging && StoreOf(location) is ISecretDescriber describer
            && await describer.DescribeAsync(location.Location, cancellationToken) is { Staged: { } staged }
            && (await _reader.ReadAsync(location, staged, cancellationToken)).Print == journal.Rotation.NewFingerprint
                ? staged
                : null;
    }

    private Task DoneAsync(RotationLocation location, Sighting seen, CancellationToken cancellationToken) => journal.SaveAsync(
        Moved(location, LocationStep.Done) with { NewVersion = seen.Version, Foreign = null },
        $"Read it back at {location.Location}: the new key is there.",
        cancellationToken);

    // The store said that it was written, and readers still get the value before: a copy that lags behind, or somebody who put it back.
    private Task LaterAsync(RotationLocation location, Sighting seen, CancellationToken cancellationToken) =>
        seen.Version is not null && seen.Version == location.BaseVersion
            ? FailAsync(location, "What was written cannot be read yet.", cancellationToken)
            : ForeignAsync(location, seen, cancellationToken);

    // A call that was sent may still arrive: only after a while is it taken for lost, and sent anew as another attempt.
    private Task NotYetAsync(RotationLocation location, CancellationToken cancellationToken)
    {
        var until = location.BegunAt + SettleTime;
        var isOver = until is null || until <= desk.Time.GetUtcNow() || location.BegunAt > desk.Time.GetUtcNow();
        return journal.SaveAsync(
            isOver ? Moved(location, LocationStep.Planned) : location with { RetryAt = until }, null, cancellationToken);
    }

    private async Task ForeignAsync(RotationLocation location, Sighting seen, CancellationToken cancellationToken)
    {
        var foreign = await _reader.DescribeAsync(location, seen, cancellationToken);
        await journal.SaveAsync(
            Moved(location, LocationStep.Planned) with { Foreign = foreign },
            $"Found another value at {location.Location} ({seen.Print?.Short ?? "nothing"}): it is left as it is.",
            cancellationToken);
    }

    // Who waits for one secret holds no other: two rotations could wait for each other.
    private async Task PauseAsync(RotationLocation location, CancellationToken cancellationToken)
    {
        await journal.SaveAsync(location with { RetryAt = desk.Time.GetUtcNow() + LockPause }, null, cancellationToken);
        await journal.UnlockAsync(cancellationToken);
    }

    // A conflict is looked at anew at once. Every other failure leaves open what the call did: reading will tell.
    private async Task TryAsync(RotationLocation location, Func<Task> work, CancellationToken cancellationToken)
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

    // The first is looked at anew at once: somebody was quicker. One that comes again and again stalls the rotation.
    private Task ConflictAsync(RotationLocation location, SecretConflictException conflict, CancellationToken cancellationToken)
    {
        var now = desk.Time.GetUtcNow();
        var again = location with
        {
            Step = LocationStep.Planned,
            Failures = location.Failures + 1,
            FailingSince = location.FailingSince ?? now,
            RetryAt = location.Failures == 0 ? null : now + BackOff.After(location.Failures, desk.Random),
            Fault = conflict.Advice,
        };
        return journal.SaveAsync(again, null, cancellationToken);
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

    private static RotationLocation Moved(RotationLocation location, LocationStep step) =>
        location with { Step = step, BegunAt = null, FailingSince = null, Failures = 0, RetryAt = null, Fault = null };

    // Another version is to be pinned then: the pin moves.
    private static CareStep PinOf(RotationLocation location) =>
        location.Care.Pin is CareStep.None or CareStep.Skipped ? CareStep.None : CareStep.Begun;

    private ISecretStore StoreOf(RotationLocation location) => desk.Stores[location.Location.Store];

    private static SecretWrite WriteOf(RotationLocation location, SecretValue value) =>
        new(location.Location, value, location.BaseVersion is { } version ? new SecretVersion(version) : null, location.Token);

    private static SecretVersion VersionOf(string? id) =>
        new(id ?? throw new InvalidOperationException("A version that was recorded is not on record."));
}

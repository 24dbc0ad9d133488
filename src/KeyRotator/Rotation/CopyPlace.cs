using KeyRotator.Keys;
using KeyRotator.Secrets;
using KeyRotator.Stores;

namespace KeyRotator.Rotation;

/// <summary>What every step at a place beside the locations has in common, where the old value is kept or a candidate waits: its write, its
/// failures, its lock, the time that a call gets to arrive.</summary>
/// <param name="desk">What rotations work with.</param>
/// <param name="journal">The rotation's record.</param>
/// <param name="which">The place.</param>
internal sealed class CopyPlace(RotationDesk desk, RotationJournal journal, Func<KeyRotation, RotationLocation?> which)
{
    /// <summary>The place, as it stands.</summary>
    public RotationLocation Now => which(journal.Rotation)
        ?? throw new InvalidOperationException("This rotation has no such place.");

    /// <summary>Writes a value there, over what was seen; where another rotation writes the secret now, later.</summary>
    /// <param name="value">The value.</param>
    /// <param name="seen">What stands there.</param>
    /// <param name="purpose">What tells its token from those of other calls.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    /// <exception cref="SecretStoreException">The store could not do it.</exception>
    public async Task WriteAsync(SecretValue value, Sighting seen, string purpose, CancellationToken cancellationToken)
    {
        var store = desk.WriterOf<IWritableSecretStore>(Now.Location);
        if (!await LockAsync(cancellationToken))
        {
            return;
        }

        var attempt = Now.Attempt + 1;
        var begun = Now with
        {
            Step = LocationStep.Writing,
            BaseVersion = seen.Version,
            Attempt = attempt,
            Token = WriteToken.Of(journal.Rotation, Now.Location, seen.Version, attempt, purpose),
            BegunAt = desk.Time.GetUtcNow(),
            RetryAt = null,
        };
        await journal.SaveAsync(begun, null, cancellationToken);
        SecretVersion? expected = seen.Version is { } version ? new SecretVersion(version) : null;
        await store.WriteAsync(new SecretWrite(begun.Location, value, expected, begun.Token), cancellationToken);
        await journal.SaveAsync(begun.MovedTo(LocationStep.Written), null, cancellationToken);
    }

    /// <summary>Does something there. After a failure nobody knows what the call did: reading will tell, a while later.</summary>
    public async Task TryAsync(Func<Task> work, CancellationToken cancellationToken)
    {
        try
        {
            await work();
        }
        catch (SecretStoreException failure)
        {
            var (place, now) = (Now, desk.Time.GetUtcNow());
            var failed = place with
            {
                Failures = place.Failures + 1,
                FailingSince = place.FailingSince ?? now,
                RetryAt = now + BackOff.After(place.Failures, desk.Random),
                Fault = failure.FullAdvice,
            };
            var what = place.Fault == failed.Fault ? null : $"{place.Location}: {failed.Fault}";
            await journal.SaveAsync(failed, what, cancellationToken);
        }
    }

    /// <summary>Takes the lock on its secret. False where another rotation writes it now: it is looked at again soon.</summary>
    public async Task<bool> LockAsync(CancellationToken cancellationToken)
    {
        var isTaken = await journal.LockAsync(Now, cancellationToken);
        if (!isTaken)
        {
            await journal.SaveAsync(Now with { RetryAt = desk.Time.GetUtcNow() + LocationWork.LockPause }, null, cancellationToken);
        }

        return isTaken;
    }

    /// <summary>A write that was sent may still arrive: only after a while is it taken for lost.</summary>
    public async Task<bool> IsEarlyAsync(CancellationToken cancellationToken)
    {
        var (place, now) = (Now, desk.Time.GetUtcNow());
        var until = place.BegunAt + LocationWork.SettleTime;
        var isEarly = place.Step is LocationStep.Writing && until > now && place.BegunAt <= now;
        if (isEarly)
        {
            await journal.SaveAsync(place with { RetryAt = until }, null, cancellationToken);
        }

        return isEarly;
    }
}

using KeyRotator.Keys;
using KeyRotator.Stores;

namespace KeyRotator.Rotation;

/// <summary>What is done at a store beside the value: under the secret's lock, tried again after a failure, and recorded before and
/// after.</summary>
internal abstract class CareWork(RotationDesk desk, RotationJournal journal)
{
    /// <summary>What rotations work with.</summary>
    protected RotationDesk Desk => desk;

    /// <summary>The rotation's record.</summary>
    protected RotationJournal Journal => journal;

    /// <summary>Does it. What the store refuses for good goes to <paramref name="refused"/>; every other failure is tried again.</summary>
    protected async Task TryAsync(
        RotationLocation location,
        Func<RotationLocation, Task> work,
        Func<RotationLocation, SecretStoreException, Task> refused,
        CancellationToken cancellationToken)
    {
        if (!await journal.LockAsync(location, cancellationToken))
        {
            var later = location with { RetryAt = desk.Time.GetUtcNow() + LocationWork.LockPause };
            await journal.SaveAsync(later, null, cancellationToken);
            return;
        }

        try
        {
            await work(location);
        }
        catch (SecretStoreException failure) when (!failure.IsTransient)
        {
            await refused(Now(location), failure);
        }
        catch (SecretStoreException failure)
        {
            await FailAsync(Now(location), failure, cancellationToken);
        }

        await journal.UnlockAsync(cancellationToken);
    }

    /// <summary>It is tried again after a while. One that fails for long stalls the rotation.</summary>
    protected Task FailAsync(RotationLocation location, SecretStoreException failure, CancellationToken cancellationToken)
    {
        var now = desk.Time.GetUtcNow();
        var failed = location with
        {
            Failures = location.Failures + 1,
            FailingSince = HoldsUp ? location.FailingSince ?? now : null,
            RetryAt = now + BackOff.After(location.Failures, desk.Random),
            Fault = failure.FullAdvice,
        };
        var what = location.Fault == failed.Fault ? null : $"{location.Location}: {failed.Fault}";
        return journal.SaveAsync(failed, what, cancellationToken);
    }

    /// <summary>Whether the rotation waits for it.</summary>
    protected virtual bool HoldsUp => true;

    /// <summary>The location as the record has it now.</summary>
    protected RotationLocation Now(RotationLocation location) => journal.Rotation.Locations[location.Ordinal];

    /// <summary>The location after it worked.</summary>
    protected static RotationLocation Cared(RotationLocation location, RotationCare care) =>
        location with { Care = care, FailingSince = null, Failures = 0, RetryAt = null, Fault = null };
}

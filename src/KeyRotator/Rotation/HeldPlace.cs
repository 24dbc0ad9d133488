using KeyRotator.Keys;
using KeyRotator.Stores;

namespace KeyRotator.Rotation;

/// <summary>What every step at the place where a candidate waits has in common: its failures, its lock, the time that a call gets to
/// arrive.</summary>
internal sealed class HeldPlace(RotationDesk desk, RotationJournal journal)
{
    /// <summary>The place, as it stands.</summary>
    public RotationLocation Now => journal.Rotation.Held
        ?? throw new InvalidOperationException("Nothing waits in this rotation.");

    /// <summary>Does something there. After a failure nobody knows what the call did: reading will tell, a while later.</summary>
    public async Task TryAsync(Func<Task> work, CancellationToken cancellationToken)
    {
        try
        {
            await work();
        }
        catch (SecretStoreException failure)
        {
            var (held, now) = (Now, desk.Time.GetUtcNow());
            var failed = held with
            {
                Failures = held.Failures + 1,
                FailingSince = held.FailingSince ?? now,
                RetryAt = now + BackOff.After(held.Failures, desk.Random),
                Fault = failure.FullAdvice,
            };
            var what = held.Fault == failed.Fault ? null : $"{held.Location}: {failed.Fault}";
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
        var (held, now) = (Now, desk.Time.GetUtcNow());
        var until = held.BegunAt + LocationWork.SettleTime;
        var isEarly = held.Step is LocationStep.Writing && until > now && held.BegunAt <= now;
        if (isEarly)
        {
            await journal.SaveAsync(held with { RetryAt = until }, null, cancellationToken);
        }

        return isEarly;
    }

    /// <summary>The place one step on, with nothing in the way.</summary>
    public static RotationLocation Moved(RotationLocation held, LocationStep step) =>
        held with { Step = step, BegunAt = null, FailingSince = null, Failures = 0, RetryAt = null, Fault = null };
}

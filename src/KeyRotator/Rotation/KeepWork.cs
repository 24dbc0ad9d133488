using KeyRotator.Keys;
using KeyRotator.Stores;

namespace KeyRotator.Rotation;

/// <summary>Keeps the old value for the time of a rotation where no store has history: copies it to the customer's own place before
/// anything is overwritten, and removes it at the end. What stands there is judged by fingerprint, so every step may be repeated.</summary>
internal sealed class KeepWork(RotationDesk desk, RotationJournal journal)
{
    private readonly CopyPlace _place = new(desk, journal, rotation => rotation.Kept);
    private readonly LocationReader _reader = new(desk);
    private readonly ValueFinder _finder = new(desk);

    /// <summary>One step on the way: the copy, or the look that finds it in place.</summary>
    public Task KeepAsync(RotationLocation kept, CancellationToken cancellationToken) => _place.TryAsync(async () =>
    {
        var seen = await _reader.LookAsync(kept, cancellationToken);
        if (seen.Print == journal.Rotation.OldFingerprint)
        {
            var done = kept.MovedTo(LocationStep.Done) with { NewVersion = seen.Version };
            await journal.SaveAsync(done, $"The old value is kept at {kept.Location} until the end.", cancellationToken);
        }
        else if (seen.Print != kept.Before)
        {
            var foreign = await _reader.DescribeAsync(kept, seen, cancellationToken);
            var what = $"Found another value at {kept.Location} ({seen.Print?.Short ?? "nothing"}): it is left as it is.";
            await journal.SaveAsync(kept.MovedTo(LocationStep.Planned) with { Foreign = foreign }, what, cancellationToken);
        }
        else if (!await _place.IsEarlyAsync(cancellationToken))
        {
            await CopyAsync(seen, cancellationToken);
        }
    }, cancellationToken);

    /// <summary>One step on the way to the end: what is removed is the old value and nothing else. What cannot be removed is left, and
    /// the outcome says so.</summary>
    public async Task RemoveAsync(RotationStep.End end, CancellationToken cancellationToken)
    {
        // From here on nothing else becomes of the rotation, whoever carries it on.
        if (journal.Rotation.Phase != end.Phase)
        {
            await journal.SaveAsync(journal.Rotation with { Phase = end.Phase, Outcome = end.Outcome }, null, cancellationToken);
        }

        await _place.TryAsync(() => RemoveAsync(journal.Rotation.Kept!, cancellationToken), cancellationToken);
    }

    private async Task RemoveAsync(RotationLocation kept, CancellationToken cancellationToken)
    {
        var stored = await desk.Stores[kept.Location.Store].ReadAsync(kept.Location, null, cancellationToken);
        var isOld = stored is not null && desk.Fingerprinter.Of(stored.Value) == journal.Rotation.OldFingerprint;
        if (!isOld && await _place.IsEarlyAsync(cancellationToken))
        {
            return;
        }

        if (stored is null)
        {
            await RemovedAsync(kept, null, $"The old value is gone from {kept.Location}.", cancellationToken);
        }
        else if (!isOld)
        {
            await RemovedAsync(kept, null, $"Another value lies at {kept.Location} by now: it is left as it is.", cancellationToken);
        }
        else if (desk.Stores[kept.Location.Store] is not ISecretRemoval store)
        {
            await LeftAsync(kept, "its store removes nothing.", cancellationToken);
        }
        else if (await _place.LockAsync(cancellationToken))
        {
            var begun = kept with { Step = LocationStep.Removing, BegunAt = null };
            await journal.SaveAsync(begun, null, cancellationToken);
            try
            {
                await store.RemoveAsync(kept.Location, [stored.Value], cancellationToken);
            }
            catch (SecretConflictException conflict)
            {
                await LeftAsync(begun, conflict.Advice, cancellationToken);
                return;
            }

            await RemovedAsync(begun, null, $"Removed the old value from {kept.Location}.", cancellationToken);
        }
    }

    private Task LeftAsync(RotationLocation kept, string why, CancellationToken cancellationToken) => RemovedAsync(
        kept,
        $"{journal.Rotation.Outcome} The old value was left at {kept.Location}: remove it there.",
        $"The old value was left at {kept.Location}: {why}",
        cancellationToken);

    private Task RemovedAsync(RotationLocation kept, string? outcome, string what, CancellationToken cancellationToken)
    {
        var rotation = journal.Rotation.With(kept.MovedTo(LocationStep.Removed) with { NewVersion = null });
        return journal.SaveAsync(rotation with { Outcome = outcome ?? rotation.Outcome }, what, cancellationToken);
    }

    private async Task CopyAsync(Sighting seen, CancellationToken cancellationToken)
    {
        if (await _finder.OldAsync(journal.Rotation, cancellationToken) is not { } old)
        {
            const string Needs = "The old value is nowhere to be read, so it cannot be kept: nothing was changed. Abandon the rotation.";
            await journal.SaveAsync(journal.Rotation with { Needs = Needs }, Needs, cancellationToken);
            return;
        }

        await _place.WriteAsync(old, seen, "keep", cancellationToken);
    }
}

using KeyRotator.Keys;
using KeyRotator.Secrets;
using KeyRotator.Stores;

namespace KeyRotator.Rotation;

/// <summary>Removes a candidate for good from where it waited: with its secret, or where that holds more, by writing a word over it. What
/// is removed is the candidate and nothing else.</summary>
internal sealed class ReleaseWork(RotationDesk desk, RotationJournal journal)
{
    private readonly CopyPlace _place = new(desk, journal, rotation => rotation.Held);

    /// <summary>What stands in place of a value that waited, where its secret cannot be removed. No key.</summary>
    public static SecretValue Nothing { get; } = new("nothing-waits-here");

    /// <summary>One step on the way.</summary>
    /// <param name="end">The end that it is on the way to, or null where the rotation goes on.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    public async Task ReleaseAsync(RotationStep.End? end, CancellationToken cancellationToken)
    {
        // From here on nothing else becomes of the rotation, whoever carries it on.
        if (end is not null && journal.Rotation.Phase != end.Phase)
        {
            var ending = journal.Rotation with
            {
                Phase = end.Phase,
                Outcome = end.Outcome,
                NextAt = desk.Time.GetUtcNow(),
                Needs = null,
            };
            await journal.SaveAsync(ending, end.Outcome, cancellationToken);
        }

        await _place.TryAsync(() => RemoveAsync(cancellationToken), cancellationToken);
    }

    private async Task RemoveAsync(CancellationToken cancellationToken)
    {
        var held = _place.Now;
        var stored = await desk.Stores[held.Location.Store].ReadAsync(held.Location, null, cancellationToken);
        var print = stored is null ? null : (Fingerprint?)desk.Fingerprinter.Of(stored.Value);
        var isOurs = print == journal.Rotation.NewFingerprint;
        if (!isOurs && await _place.IsEarlyAsync(cancellationToken))
        {
            return;
        }

        if (stored is not null && isOurs)
        {
            await EraseAsync(held, stored, cancellationToken);
        }
        else if (stored is not null && held.Step is LocationStep.Removing && print == desk.Fingerprinter.Of(Nothing))
        {
            await PurgeAsync(held, cancellationToken);
        }
        else
        {
            var what = stored is null ? $"It waits at {held.Location} no more: nothing is there."
                : $"Another value lies at {held.Location} by now: it is left as it is.";
            await ReleasedAsync(what, cancellationToken);
        }
    }

    private async Task EraseAsync(RotationLocation held, StoredSecret stored, CancellationToken cancellationToken)
    {
        if (!await _place.LockAsync(cancellationToken))
        {
            return;
        }

        var begun = held with { Step = LocationStep.Removing, NewVersion = stored.Version?.Id, BegunAt = null };
        await journal.SaveAsync(begun, null, cancellationToken);
        if (await IsRemovedAsync(begun.Location, stored.Value, cancellationToken))
        {
            await ReleasedAsync($"Removed it from {begun.Location}, where it waited.", cancellationToken);
            return;
        }

        var token = WriteToken.Of(journal.Rotation, begun.Location, begun.NewVersion, begun.Attempt, "release");
        var write = new SecretWrite(begun.Location, Nothing, stored.Version, token);
        await desk.WriterOf<IWritableSecretStore>(begun.Location).WriteAsync(write, cancellationToken);
        await PurgeAsync(begun, cancellationToken);
    }

    // A secret that holds more than what waited stays: the store says so before it removes anything.
    private async Task<bool> IsRemovedAsync(SecretLocation place, SecretValue value, CancellationToken cancellationToken)
    {
        if (desk.Stores[place.Store] is not ISecretRemoval store)
        {
            return false;
        }

        try
        {
            await store.RemoveAsync(place, [value, Nothing], cancellationToken);
            return true;
        }
        catch (SecretConflictException)
        {
            return false;
        }
    }

    // A version of a secret with fields may be what another key is put back from: it is not for us to destroy.
    private async Task PurgeAsync(RotationLocation held, CancellationToken cancellationToken)
    {
        var isLeft = false;
        foreach (var version in new[] { held.NewVersion, held.Before is null ? null : held.BaseVersion }.OfType<string>().Distinct())
        {
            isLeft |= held.Location.Field is not null || desk.Stores[held.Location.Store] is not ISecretVersionPurge;
            if (!isLeft && desk.Stores[held.Location.Store] is ISecretVersionPurge store)
            {
                await store.PurgeAsync(held.Location, new SecretVersion(version), cancellationToken);
            }
        }

        await ReleasedAsync(
            isLeft
                ? $"Wrote a word over it at {held.Location}. An earlier version of that secret still holds it: remove that one there."
                : $"Wrote a word over it at {held.Location}, where it waited; its version is destroyed.",
            cancellationToken);
    }

    private Task ReleasedAsync(string what, CancellationToken cancellationToken) => journal.SaveAsync(
        _place.Now.MovedTo(LocationStep.Removed) with { NewVersion = null }, what, cancellationToken);
}

using KeyRotator.Keys;
using KeyRotator.Secrets;

namespace KeyRotator.Rotation;

/// <summary>Writes a proven candidate to where it waits, and reads it from there at its time. What stands there is judged by fingerprint,
/// so every step may be repeated.</summary>
internal sealed class HoldWork(RotationDesk desk, RotationJournal journal)
{
    private readonly CopyPlace _place = new(desk, journal, rotation => rotation.Held);
    private readonly LocationReader _reader = new(desk);

    /// <summary>One step on the way there: the write, or the look that finds it in place.</summary>
    /// <param name="value">The candidate, where it is at hand.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    public Task HoldAsync(SecretValue? value, CancellationToken cancellationToken) => _place.TryAsync(async () =>
    {
        var held = _place.Now;
        var seen = await _reader.LookAsync(held, cancellationToken);
        if (seen.Print == journal.Rotation.NewFingerprint)
        {
            await InPlaceAsync(seen, cancellationToken);
        }
        else if (seen.Print != held.Before)
        {
            var what =
                $"{held.Location}, where it was to wait, holds another value by now ({seen.Print?.Short ?? "nothing"}): that is left "
                + "as it is, and nothing was changed.";
            var refused = journal.Rotation.EndedAs(RotationPhase.Refused, what, desk.Time.GetUtcNow());
            await journal.SaveAsync(refused, what, cancellationToken);
        }
        else if (!await _place.IsEarlyAsync(cancellationToken))
        {
            await (value is null
                ? journal.SaveAsync(held.MovedTo(LocationStep.Planned), null, cancellationToken)
                : _place.WriteAsync(value, seen, "hold", cancellationToken));
        }
    }, cancellationToken);

    /// <summary>The candidate; null where it cannot be read now, or is there no more, which is recorded then.</summary>
    public async Task<SecretValue?> FetchAsync(CancellationToken cancellationToken)
    {
        SecretValue? found = null;
        await _place.TryAsync(
            async () =>
            {
                var held = _place.Now;
                var stored = await desk.Stores[held.Location.Store].ReadAsync(held.Location, null, cancellationToken);
                if (stored is not null && desk.Fingerprinter.Of(stored.Value) == journal.Rotation.NewFingerprint)
                {
                    var due = journal.Rotation.With(held.MovedTo(LocationStep.Done)) with { ProvenAt = null };
                    await journal.SaveAsync(due, $"Took it from {held.Location} to put it in place.", cancellationToken);
                    found = stored.Value;
                }
                else
                {
                    await GoneAsync(held, stored is null ? "nothing" : "another value", cancellationToken);
                }
            },
            cancellationToken);
        return found;
    }

    private Task InPlaceAsync(Sighting seen, CancellationToken cancellationToken)
    {
        var rotation = journal.Rotation;
        var held = _place.Now.MovedTo(LocationStep.Done) with { NewVersion = seen.Version };
        var next = rotation.With(held) with { Phase = RotationPhase.Held, NextAt = desk.Time.GetUtcNow() };
        var until = rotation.Terms.DueAt is { } dueAt ? $" until {dueAt:yyyy-MM-dd HH:mm:ss}Z" : "";
        var approval = rotation.Terms.Approvals > 0 ? " for somebody else's approval" : "";
        return journal.SaveAsync(next, $"It waits at {held.Location}{approval}{until}.", cancellationToken);
    }

    // A time that nobody notices would be one that was not kept: an operator is told.
    private Task GoneAsync(RotationLocation held, string instead, CancellationToken cancellationToken)
    {
        var id = journal.Rotation.Id;
        var needs = FormattableString.Invariant(
            $"The new key waited at {held.Location}, and {instead} is there now. No location was changed. ")
            + FormattableString.Invariant(
                $"Hand the same value in again with `rotations resume {id} --value`, or abandon the rotation.");
        var asking = journal.Rotation.With(held.MovedTo(LocationStep.Done)) with { Needs = needs };
        return journal.SaveAsync(asking, needs, cancellationToken);
    }
}

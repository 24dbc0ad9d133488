using KeyRotator.Keys;
using KeyRotator.Secrets;
using KeyRotator.Stores;

namespace KeyRotator.Rotation;

/// <summary>Puts the old value back at one location.</summary>
internal sealed class RestoreWork(RotationDesk desk, RotationJournal journal)
{
    private readonly LocationReader _reader = new(desk);
    private readonly LocationRecord _record = new(desk, journal, new LocationReader(desk));
    private readonly ValueFinder _finder = new(desk);
    private readonly StagedLeftovers _leftovers = new(desk, journal);

    /// <summary>One step on the way: a write, or the look that finds the old value in place.</summary>
    public async Task RestoreAsync(RotationLocation location, CancellationToken cancellationToken)
    {
        try
        {
            var seen = await _reader.LookAsync(location, cancellationToken);
            await (IsBack(location, seen) ? RestoredAsync(location, cancellationToken)
                : IsOurs(location, seen) ? PutBackAsync(location, seen, cancellationToken)
                : _record.ForeignAsync(location, seen, cancellationToken));
        }
        catch (SecretStoreException failure)
        {
            await _record.FailAsync(journal.Rotation.Locations[location.Ordinal], failure.FullAdvice, cancellationToken);
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

        var store = desk.WriterOf<IWritableSecretStore>(location.Location);
        if (!await IsGoodAsync(location, old, cancellationToken))
        {
            return;
        }

        var group = await GroupAsync(location, cancellationToken);
        if (!await journal.LockAsync(location, cancellationToken))
        {
            await _record.PauseAsync(group, cancellationToken);
            return;
        }

        var begun = WriteGroup.Begin(
            journal.Rotation, group, new(LocationStep.Restoring, seen.Version, "restore", desk.Time.GetUtcNow()));
        await _record.SaveAsync(begun, null, cancellationToken);
        await store.WriteAsync(WriteGroup.Write(begun, old, seen.Version), cancellationToken);
        await _record.SaveAsync(begun, $"Put the old value back at {WriteGroup.Places(begun)}.", cancellationToken);
    }

    // The other fields of the same secret that are to be put back too.
    private async Task<List<RotationLocation>> GroupAsync(RotationLocation location, CancellationToken cancellationToken)
    {
        var group = new List<RotationLocation> { location };
        var open = WriteGroup.Of(
            journal.Rotation, location, other => other.Step is not LocationStep.Restored, desk.Time.GetUtcNow());
        foreach (var other in open.Skip(1))
        {
            var seen = await _reader.LookAsync(other, cancellationToken);
            group.AddRange(!IsBack(other, seen) && IsOurs(other, seen) ? [other] : Array.Empty<RotationLocation>());
        }

        return group;
    }

    private bool IsBack(RotationLocation location, Sighting seen) => seen.Print == journal.Rotation.OldFingerprint
        || (seen.Print == location.Before && location.Step is not LocationStep.Restoring);

    private bool IsOurs(RotationLocation location, Sighting seen) =>
        seen.Print == location.Before || seen.Print == journal.Rotation.NewFingerprint;

    // What is put back must work still: an operator's way back may have waited for a store for hours.
    private async Task<bool> IsGoodAsync(RotationLocation location, SecretValue old, CancellationToken cancellationToken)
    {
        if (RotationPlan.IsProven(journal.Rotation, desk.Time.GetUtcNow()))
        {
            return true;
        }

        var report = await new CandidateProof(desk).ProveAsync(journal.Key, old, isKnown: true, cancellationToken);
        if (report.Passed)
        {
            await journal.SaveAsync(journal.Rotation with { ProvenAt = desk.Time.GetUtcNow() }, null, cancellationToken);
        }
        else if (report.Answer is { Verdict: Verdict.Rejected })
        {
            var needs = $"The old key is not good any more, so it is not put back. {report.Refusal} Abandon the rotation, and hand in "
                + "another key.";
            await journal.SaveAsync(journal.Rotation with { Needs = needs }, needs, cancellationToken);
        }
        else
        {
            await _record.FailAsync(location, report.Refusal ?? "", cancellationToken);
        }

        return report.Passed;
    }

    // A version that is staged and never became current is taken back, so that nobody makes it current by hand. A call on its way gets
    // the time to arrive: what it did after the end nobody would look for.
    private async Task RestoredAsync(RotationLocation location, CancellationToken cancellationToken)
    {
        var now = desk.Time.GetUtcNow();
        var until = location.BegunAt + LocationWork.SettleTime;
        if (location.IsUnknown && location.Step is not LocationStep.Restoring && location.BegunAt <= now && now < until)
        {
            await journal.SaveAsync(location with { RetryAt = until }, null, cancellationToken);
            return;
        }

        await (location.Attempt > 0 ? _leftovers.TakeBackAsync(location, cancellationToken) : Task.CompletedTask);
        var restored = location with { Step = LocationStep.Restored, Failures = 0, FailingSince = null, RetryAt = null, Fault = null };
        await journal.SaveAsync(restored, $"The old value is at {location.Location}.", cancellationToken);
    }
}

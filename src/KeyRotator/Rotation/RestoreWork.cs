using KeyRotator.Keys;
using KeyRotator.Secrets;
using KeyRotator.Stores;

namespace KeyRotator.Rotation;

/// <summary>Puts the old value back at one location.</summary>
internal sealed class RestoreWork(RotationDesk desk, RotationJournal journal)
{
    private readonly LocationReader _reader = new(desk);
    private readonly ValueFinder _finder = new(desk);
    private readonly StagedLeftovers _leftovers = new(desk, journal);

    /// <summary>One step on the way: a write, or the look that finds the old value in place.</summary>
    public async Task RestoreAsync(RotationLocation location, CancellationToken cancellationToken)
    {
        try
        {
            var seen = await _reader.LookAsync(location, cancellationToken);
            var isBefore = seen.Print == location.Before;
            var isBack = seen.Print == journal.Rotation.OldFingerprint || (isBefore && location.Step is not LocationStep.Restoring);
            await (isBack ? RestoredAsync(location, cancellationToken)
                : isBefore || seen.Print == journal.Rotation.NewFingerprint ? PutBackAsync(location, seen, cancellationToken)
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

        var store = desk.WriterOf<IWritableSecretStore>(location.Location);
        if (!await IsGoodAsync(location, old, cancellationToken))
        {
            return;
        }

        if (!await journal.LockAsync(location, cancellationToken))
        {
            var later = location with { RetryAt = desk.Time.GetUtcNow() + LocationWork.LockPause };
            await journal.SaveAsync(later, null, cancellationToken);
            return;
        }

        await WriteAsync(location, new(location.Location, old, VersionOf(seen), Guid.Empty), store, cancellationToken);
    }

    private async Task WriteAsync(
        RotationLocation location, SecretWrite write, IWritableSecretStore store, CancellationToken cancellationToken)
    {
        var attempt = location.Attempt + 1;
        var token = WriteToken.Of(journal.Rotation, location.Location, write.ExpectedVersion?.Id, attempt, "restore");
        var begun = location with { Step = LocationStep.Restoring, Attempt = attempt, Token = token, BegunAt = desk.Time.GetUtcNow() };
        await journal.SaveAsync(begun, null, cancellationToken);
        await store.WriteAsync(write with { Token = token }, cancellationToken);
        await journal.SaveAsync(begun, $"Put the old value back at {location.Location}.", cancellationToken);
    }

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
            await FailAsync(location, report.Refusal ?? "", cancellationToken);
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

    private async Task ForeignAsync(RotationLocation location, Sighting seen, CancellationToken cancellationToken)
    {
        var foreign = await _reader.DescribeAsync(location, seen, cancellationToken);
        var what = $"Found another value at {location.Location} ({seen.Print?.Short ?? "nothing"}): it is left as it is.";
        await journal.SaveAsync(location with { Foreign = foreign }, what, cancellationToken);
    }

    private static SecretVersion? VersionOf(Sighting seen) => seen.Version is { } version ? new SecretVersion(version) : null;

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

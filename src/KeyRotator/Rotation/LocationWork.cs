using KeyRotator.Keys;
using KeyRotator.Secrets;
using KeyRotator.Stores;

namespace KeyRotator.Rotation;

/// <summary>The steps of one location: each recorded before its call and after. What stands there is judged by the field's fingerprint,
/// never by the secret's version.</summary>
internal sealed class LocationWork(RotationDesk desk, RotationJournal journal)
{
    private readonly LocationReader _reader = new(desk);
    private readonly LocationRecord _record = new(desk, journal, new LocationReader(desk));
    private readonly LocationStart _start = new(desk, journal);
    private readonly StagedLeftovers _leftovers = new(desk, journal);

    /// <summary>Before it is concluded that an interrupted call did nothing, it gets that long to arrive.</summary>
    public static TimeSpan SettleTime { get; } = TimeSpan.FromMinutes(1);

    /// <summary>A secret that another rotation writes is looked at again after this.</summary>
    public static TimeSpan LockPause { get; } = TimeSpan.FromSeconds(5);

    /// <summary>Adds the candidate where readers do not see it yet, and reads it back.</summary>
    public Task StageAsync(RotationLocation location, SecretValue value, CancellationToken cancellationToken) =>
        _record.TryAsync(location, async () =>
        {
            var store = desk.WriterOf<IStagingSecretStore>(location.Location);

            // What was staged for a version that is current no more stands in the way of the next attempt.
            foreach (var stale in _start.Planned(location).Select(each => each.NewVersion).OfType<string>().Distinct())
            {
                await store.UnstageAsync(location.Location, VersionOf(stale), cancellationToken);
            }

            if (await _start.BeginAsync(location, LocationStep.Staging, cancellationToken) is not [var first, ..] begun)
            {
                return;
            }

            try
            {
                var staged = await store.StageAsync(WriteGroup.Write(begun, value, first.BaseVersion), cancellationToken);
                await SettleStagedAsync(begun, staged.Id, cancellationToken);
            }
            catch (SecretConflictException)
            {
                await _leftovers.TakeBackAsync(first, cancellationToken);
                throw;
            }
        }, cancellationToken);

    /// <summary>Makes the staged version the current one.</summary>
    public Task PromoteAsync(RotationLocation location, CancellationToken cancellationToken) => _record.TryAsync(location, async () =>
    {
        var store = desk.WriterOf<IStagingSecretStore>(location.Location);
        var group = WriteGroup.Bound(journal.Rotation, location);
        if (!await journal.LockAsync(location, cancellationToken))
        {
            await _record.PauseAsync(group, cancellationToken);
            return;
        }

        var now = desk.Time.GetUtcNow();
        var begun = group.ConvertAll(each => each with { Step = LocationStep.Promoting, BegunAt = now });
        await _record.SaveAsync(begun, null, cancellationToken);
        await store.PromoteAsync(location.Location, VersionOf(location.NewVersion), VersionOf(location.BaseVersion), cancellationToken);
        await _record.SaveAsync(
            begun.Select(each => each.MovedTo(LocationStep.Written)),
            $"Made it current at {WriteGroup.Places(begun)}.",
            cancellationToken);
    }, cancellationToken);

    /// <summary>Writes the candidate for all readers at once.</summary>
    public Task WriteAsync(RotationLocation location, SecretValue value, CancellationToken cancellationToken) =>
        _record.TryAsync(location, async () =>
        {
            var store = desk.WriterOf<IWritableSecretStore>(location.Location);
            if (await _start.BeginAsync(location, LocationStep.Writing, cancellationToken) is not [var first, ..] begun)
            {
                return;
            }

            var version = await store.WriteAsync(WriteGroup.Write(begun, value, first.BaseVersion), cancellationToken);
            await _record.SaveAsync(
                begun.Select(each => each.MovedTo(LocationStep.Written) with { NewVersion = version?.Id }),
                $"Wrote it to {WriteGroup.Places(begun)}.",
                cancellationToken);
        }, cancellationToken);

    /// <summary>Reads back what was written.</summary>
    public Task ReadBackAsync(RotationLocation location, CancellationToken cancellationToken) => _record.TryAsync(location, async () =>
    {
        var seen = await _reader.LookAsync(location, cancellationToken);
        await (seen.Print == journal.Rotation.NewFingerprint ? _record.DoneAsync(location, seen, cancellationToken)
            : seen.Print == location.Before ? LaterAsync(location, seen, cancellationToken)
            : _record.ForeignAsync(location.MovedTo(LocationStep.Planned), seen, cancellationToken));
    }, cancellationToken);

    /// <summary>Finds out what an interrupted call did, by reading.</summary>
    public Task SettleAsync(RotationLocation location, CancellationToken cancellationToken) => _record.TryAsync(location, async () =>
    {
        var seen = await _reader.LookAsync(location, cancellationToken);
        if (seen.Print == journal.Rotation.NewFingerprint)
        {
            await _record.DoneAsync(location, seen, cancellationToken);
        }
        else if (seen.Print != location.Before)
        {
            await _record.ForeignAsync(location.MovedTo(LocationStep.Planned), seen, cancellationToken);
        }
        else if (await StagedAsync(location, cancellationToken) is { } staged)
        {
            await SettleStagedAsync([location], staged.Id, cancellationToken);
        }
        else
        {
            await NotYetAsync(location, cancellationToken);
        }
    }, cancellationToken);

    private async Task SettleStagedAsync(List<RotationLocation> group, string version, CancellationToken cancellationToken)
    {
        foreach (var location in group)
        {
            var seen = await _reader.ReadAsync(location, VersionOf(version), cancellationToken);
            if (seen.Print != journal.Rotation.NewFingerprint)
            {
                throw new SecretStoreException(
                    location.Location.Store, "read", location.Location, isTransient: true,
                    "The staged version does not hold what was sent.");
            }
        }

        await _record.SaveAsync(
            group.Select(each => each.MovedTo(LocationStep.Staged) with { NewVersion = version }),
            $"Staged it at {WriteGroup.Places(group)}: readers do not see it yet.",
            cancellationToken);
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

    // The store said that it was written, and readers still get the value before: a copy that lags behind, or somebody who put it back.
    private Task LaterAsync(RotationLocation location, Sighting seen, CancellationToken cancellationToken) =>
        seen.Version is not null && seen.Version == location.BaseVersion
            ? _record.FailAsync(location, "What was written cannot be read yet.", cancellationToken)
            : _record.ForeignAsync(location.MovedTo(LocationStep.Planned), seen, cancellationToken);

    // A call that was sent may still arrive: only after a while is it taken for lost, and sent anew as another attempt.
    private Task NotYetAsync(RotationLocation location, CancellationToken cancellationToken)
    {
        var until = location.BegunAt + SettleTime;
        var isOver = until is null || until <= desk.Time.GetUtcNow() || location.BegunAt > desk.Time.GetUtcNow();
        return journal.SaveAsync(
            isOver ? location.MovedTo(LocationStep.Planned) : location with { RetryAt = until }, null, cancellationToken);
    }

    private ISecretStore StoreOf(RotationLocation location) => desk.Stores[location.Location.Store];

    private static SecretVersion VersionOf(string? id) =>
        new(id ?? throw new InvalidOperationException("A version that was recorded is not on record."));
}

using KeyRotator.Keys;
using KeyRotator.Secrets;
using KeyRotator.State;
using KeyRotator.Stores;

namespace KeyRotator.Rotation;

/// <summary>Opens rotations that bring a key's locations in step with its primary: the primary's own value, proven, goes where another one
/// stands. There is no overlap: no key is replaced.</summary>
internal sealed class SyncOffice(RotationDesk desk)
{
    private readonly LocationReader _reader = new(desk);

    /// <summary>Looks at every location. Changes nothing, and does not ask the provider.</summary>
    /// <param name="request">The key, and which unknown values may be replaced.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    /// <exception cref="RotationRefusedException">It would not do.</exception>
    /// <exception cref="StateException">The database failed.</exception>
    public async Task<SyncPlan> PlanAsync(RotationRequest request, CancellationToken cancellationToken)
    {
        await desk.RefreshAsync(cancellationToken);
        var key = request.Key;
        try
        {
            var value = await PrimaryAsync(key, cancellationToken);
            var locations = await LookAsync(key, desk.Fingerprinter.Of(value), cancellationToken);
            var faults = await FaultsAsync(request, value, locations, cancellationToken);
            return faults.Count == 0
                ? new(request, value, locations)
                : throw new RotationRefusedException(string.Join('\n', faults));
        }
        catch (SecretStoreException failure)
        {
            throw new RotationRefusedException(failure.Message);
        }
    }

    /// <summary>Opens one; null where all locations are in step. Writes to no store.</summary>
    /// <exception cref="RotationRefusedException">A rotation of the key is open; nothing was changed.</exception>
    /// <exception cref="StateException">The database failed.</exception>
    public async Task<RotationJournal?> OpenAsync(SyncPlan plan, CancellationToken cancellationToken)
    {
        if (plan.IsInStep)
        {
            return null;
        }

        var (now, key) = (desk.Time.GetUtcNow(), plan.Request.Key);
        var rotation = new KeyRotation
        {
            Uid = Guid.NewGuid(),
            KeyId = key.Id,
            Kind = RotationKind.Sync,
            Actor = plan.Request.Actor,
            SubmittedAt = now,
            NewFingerprint = desk.Fingerprinter.Of(plan.Value),
            Grace = TimeSpan.Zero,
            NextAt = now,
            Locations = plan.Locations,
        };
        await using var transaction = await desk.State.BeginWriteAsync(cancellationToken);
        var lease = await RotationTable.OpenAsync(transaction, rotation, now + RotationDesk.Lease, cancellationToken)
            ?? throw new RotationRefusedException(RotationOffice.Open(
                (await RotationTable.OpenOfAsync(transaction, [key.Id], cancellationToken)).GetValueOrDefault(key.Id), key));
        var told = new RotationEvent(
            now, rotation.Actor, $"Asked for the primary's value ({rotation.NewFingerprint.Short}) at every location.");
        await RotationEventTable.AddAsync(transaction, lease.Rotation.Id, told, cancellationToken);
        await AuditTable.AddAsync(transaction, RotationAudit.Opened(lease.Rotation, desk.State.Actor, told.What), cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return new RotationJournal(desk, key, lease, rotation.Actor);
    }

    private async Task<SecretValue> PrimaryAsync(ManagedKey key, CancellationToken cancellationToken) =>
        key.Locations.Count(place => place.Follows is null) < 2
            ? throw new RotationRefusedException($"Key {key.Id} has one location alone that is written: there is nothing to bring in step.")
            : (await desk.Stores[key.Primary.Store].ReadAsync(key.Primary, null, cancellationToken))?.Value
                ?? throw new RotationRefusedException($"Nothing is at {key.Primary}, the primary of {key.Id}: there is no value to write.");

    private async Task<IReadOnlyList<RotationLocation>> LookAsync(
        ManagedKey key, Fingerprint print, CancellationToken cancellationToken)
    {
        var locations = new List<RotationLocation>();
        foreach (var (ordinal, place) in key.Locations.Where(place => place.Follows is null).Index())
        {
            var planned = new RotationLocation { Ordinal = ordinal, Location = place };
            var seen = await _reader.LookAsync(planned, cancellationToken);
            locations.Add(ordinal == 0 || seen.Print == print
                ? planned with { Step = LocationStep.Done, NewVersion = seen.Version }
                : planned with { Before = seen.Print, BaseVersion = seen.Version });
        }

        return locations;
    }

    private async Task<IReadOnlyList<string>> FaultsAsync(
        RotationRequest request, SecretValue value, IReadOnlyList<RotationLocation> locations, CancellationToken cancellationToken)
    {
        var (key, print) = (request.Key, desk.Fingerprinter.Of(value));
        await using var transaction = await desk.State.BeginReadAsync(cancellationToken);
        var known = (await KeyStatusTable.LoadAsync(transaction, [key.Id], cancellationToken)).GetValueOrDefault(key.Id)?.Fingerprint;
        var drifted = locations.Where(location => location.Step is LocationStep.Planned).ToList();
        var unwritable = drifted.Where(
            location => desk.Stores[location.Location.Store] is not IWritableSecretStore { Capabilities.ReadOnly: false })
            .Select(location => $"{location.Location} cannot be written: store {location.Location.Store} is read-only.");
        var strange = await StrangeValues.ReadAsync(transaction, request, cancellationToken);
        List<string> faults =
        [
            .. unwritable, .. strange.At([locations[0] with { Before = print }, .. drifted], print),
        ];
        if (known is { } seen && seen != print && drifted.Count > 0)
        {
            faults.Add(
                $"{key.Primary} holds a value ({print.Short}) that no check has seen yet (known: {seen.Short}): somebody changed it. "
                + $"Run `keyrotator check {key.Id}` first.");
        }

        return faults;
    }
}

/// <summary>What a sync would do.</summary>
/// <param name="Request">What was asked for.</param>
/// <param name="Value">The primary's value.</param>
/// <param name="Locations">The locations that are written: those that hold it are done.</param>
internal sealed record SyncPlan(RotationRequest Request, SecretValue Value, IReadOnlyList<RotationLocation> Locations)
{
    /// <summary>Whether every location holds the primary's value.</summary>
    public bool IsInStep => Locations.All(location => location.Step is LocationStep.Done);
}

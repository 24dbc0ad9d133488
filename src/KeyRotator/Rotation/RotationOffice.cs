using KeyRotator.Keys;
using KeyRotator.Secrets;
using KeyRotator.State;
using KeyRotator.Stores;

namespace KeyRotator.Rotation;

/// <summary>Opens rotations: looks at every location first, and refuses what could not be seen through.</summary>
internal sealed class RotationOffice(RotationDesk desk)
{
    private readonly LocationReader _reader = new(desk);

    /// <summary>Opens one. Writes to no store.</summary>
    /// <exception cref="RotationRefusedException">It would not do; nothing was changed.</exception>
    /// <exception cref="StateException">The database failed.</exception>
    public async Task<RotationJournal> OpenAsync(RotationRequest request, SecretValue candidate, CancellationToken cancellationToken)
    {
        var locations = await PlanAsync(request, candidate, cancellationToken);
        var status = await StatusAsync(request.Key, cancellationToken);
        return await OpenAsync(request, desk.Fingerprinter.Of(candidate), locations, status, cancellationToken);
    }

    /// <summary>What it would do at each location. Changes nothing, and does not ask the provider.</summary>
    /// <exception cref="RotationRefusedException">It would not do.</exception>
    /// <exception cref="StateException">The database failed.</exception>
    public async Task<IReadOnlyList<RotationLocation>> PlanAsync(
        RotationRequest request, SecretValue candidate, CancellationToken cancellationToken)
    {
        await desk.RefreshAsync(cancellationToken);
        var key = request.Key;
        var print = desk.Fingerprinter.Of(candidate);
        List<string> faults = [.. Unwritable(key), .. await new CandidateProof(desk).FaultsAsync(key, candidate, cancellationToken)];
        var locations = new List<RotationLocation>();
        foreach (var (ordinal, place) in key.Locations.Where(place => place.Follows is null).Index())
        {
            try
            {
                locations.Add(await PlanAsync(ordinal, place, print, cancellationToken));
            }
            catch (SecretStoreException failure)
            {
                faults.Add(failure.Message);
            }
        }

        var status = await StatusAsync(key, cancellationToken);
        faults.AddRange(locations.Count == 0 ? [] : Unfit(request, locations, status, print));
        return faults.Count == 0
            ? locations
            : throw new RotationRefusedException(string.Join('\n', faults));
    }

    private IEnumerable<string> Unwritable(ManagedKey key) =>
        from place in key.Locations
        where place.Follows is null
            && (desk.Stores[place.Store].Capabilities.ReadOnly || desk.Stores[place.Store] is not IWritableSecretStore)
        select $"{place} cannot be written: store {place.Store} is read-only.";

    private async Task<RotationLocation> PlanAsync(
        int ordinal, SecretLocation place, Fingerprint candidate, CancellationToken cancellationToken)
    {
        var planned = new RotationLocation { Ordinal = ordinal, Location = place };
        var seen = await _reader.LookAsync(planned, cancellationToken);
        return seen.Print == candidate
            ? planned with { Step = LocationStep.Written, NewVersion = seen.Version }
            : planned with { Before = seen.Print, BaseVersion = seen.Version };
    }

    private IEnumerable<string> Unfit(
        RotationRequest request, List<RotationLocation> locations, KeyStatus? status, Fingerprint candidate)
    {
        var key = request.Key;
        if (locations.TrueForAll(location => location.Step is LocationStep.Written))
        {
            yield return $"Every location of {key.Id} holds that value already: there is nothing to rotate.";
        }

        if (request.ExpiresAt <= desk.Time.GetUtcNow())
        {
            yield return $"--expires {request.ExpiresAt:yyyy-MM-dd} is past.";
        }

        var canKeep = key.Previous is not null
            || locations.Exists(location => desk.Stores[location.Location.Store].Capabilities.HasVersions);
        var hasOld = locations.Exists(location => location.Before is not null);
        if (hasOld && !canKeep && !request.WaivesProof)
        {
            yield return $"No location of {key.Id} keeps earlier versions, so the old key could not be asked for once it is overwritten. Give "
                + "the key a `previous` location, or waive the proof of its death with --no-proof.";
        }

        if (status?.Fingerprint is { } known && locations[0].Before is { } before && before != known && before != candidate)
        {
            yield return $"{locations[0].Location} holds a value ({before.Short}) that no check has seen yet (known: {known.Short}): somebody "
                + $"changed it. Run `keyrotator check {key.Id}` first.";
        }
    }

    private async Task<RotationJournal> OpenAsync(
        RotationRequest request,
        Fingerprint candidate,
        IReadOnlyList<RotationLocation> locations,
        KeyStatus? status,
        CancellationToken cancellationToken)
    {
        var now = desk.Time.GetUtcNow();
        var key = request.Key;
        var rotation = new KeyRotation
        {
            Uid = Guid.NewGuid(),
            KeyId = key.Id,
            Actor = request.Actor,
            SubmittedAt = now,
            OldFingerprint = locations.FirstOrDefault(location => location.Before is not null)?.Before ?? status?.Fingerprint,
            NewFingerprint = candidate,
            IsEmergency = request.IsEmergency,
            IsOldDead = status is { ProvenVerdict: Verdict.Rejected },
            WaivesProof = request.WaivesProof,
            ExpiresAt = request.ExpiresAt,
            Grace = request.Grace ?? key.Policy.Grace,
            NextAt = now,
            Locations = locations,
        };
        await using var transaction = await desk.State.BeginWriteAsync(cancellationToken);
        var lease = await RotationTable.OpenAsync(transaction, rotation, now + RotationDesk.Lease, cancellationToken)
            ?? throw new RotationRefusedException(
                $"A rotation of {key.Id} is open already: see `keyrotator rotations list`. One at a time.");
        var told = new RotationEvent(now, request.Actor, $"Handed in a replacement ({candidate.Short}).");
        await RotationEventTable.AddAsync(transaction, lease.Rotation.Id, told, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return new RotationJournal(desk, key, lease, request.Actor);
    }

    private async Task<KeyStatus?> StatusAsync(ManagedKey key, CancellationToken cancellationToken)
    {
        await using var transaction = await desk.State.BeginReadAsync(cancellationToken);
        return (await KeyStatusTable.LoadAsync(transaction, [key.Id], cancellationToken)).GetValueOrDefault(key.Id);
    }
}

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
        var found = await FindAsync(request, candidate, cancellationToken);
        return await OpenAsync(request, found, await StatusAsync(request.Key, cancellationToken), cancellationToken);
    }

    /// <summary>What it would do at each location. Changes nothing, and does not ask the provider.</summary>
    /// <exception cref="RotationRefusedException">It would not do.</exception>
    /// <exception cref="StateException">The database failed.</exception>
    public async Task<IReadOnlyList<RotationLocation>> PlanAsync(
        RotationRequest request, SecretValue candidate, CancellationToken cancellationToken)
    {
        var found = await FindAsync(request, candidate, cancellationToken);
        return found.Held is { } held ? [held, .. found.Locations] : found.Locations;
    }

    private async Task<Found> FindAsync(RotationRequest request, SecretValue candidate, CancellationToken cancellationToken)
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
        var old = locations.Find(location => location.Before is not null)?.Before ?? status?.Fingerprint;
        var kept = faults.Count == 0 ? await PlanKeptAsync(request, locations, old, faults, cancellationToken) : null;
        var held = await new HoldingOffice(desk).PlanAsync(request, print, faults, cancellationToken);
        var places = locations.Append(kept).Append(held).OfType<RotationLocation>().Select(location => location.Location);
        var marks = await new InstallationMarks(desk).LookAsync(request, places, cancellationToken);
        faults.AddRange(marks.Faults);
        var found = new Found(print, old, locations, kept) { Held = held, Taken = marks.Taken };
        faults.AddRange(locations.Count == 0 ? [] : Unfit(request, locations, status, print));
        faults.AddRange(await StrangeAsync(request, found, cancellationToken));
        return faults.Count == 0
            ? found
            : throw new RotationRefusedException(string.Join('\n', faults));
    }

    private IEnumerable<string> Unwritable(ManagedKey key) =>
        from place in key.Previous is { } previous ? key.Locations.Append(previous) : key.Locations
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

    // Where no store keeps what is overwritten, the old value is kept at the customer's own place: what lies there is looked at first.
    private async Task<RotationLocation?> PlanKeptAsync(
        RotationRequest request,
        List<RotationLocation> locations,
        Fingerprint? old,
        List<string> faults,
        CancellationToken cancellationToken)
    {
        var isKept = locations.Exists(
            location => location.Before == old && desk.Stores[location.Location.Store].Capabilities.HasVersions);
        if (request is not { Key.Previous: { } place, WaivesProof: false } || old is null || isKept)
        {
            return null;
        }

        try
        {
            var kept = new RotationLocation { Ordinal = RotationLocation.KeptOrdinal, Location = place };
            var seen = await _reader.LookAsync(kept, cancellationToken);
            return kept with { Before = seen.Print, BaseVersion = seen.Version };
        }
        catch (SecretStoreException failure)
        {
            faults.Add(failure.Message);
            return null;
        }
    }

    private async Task<IEnumerable<string>> StrangeAsync(RotationRequest request, Found found, CancellationToken cancellationToken)
    {
        await using var transaction = await desk.State.BeginReadAsync(cancellationToken);
        var strange = await StrangeValues.ReadAsync(transaction, request, cancellationToken);
        var places = strange.At(found.Locations, found.Candidate);
        return found.Old is { } old && found.Kept is { } kept && strange.At(kept, old) is { } fault ? places.Append(fault) : places;
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

        var hasOld = locations.Exists(location => location.Before is not null);
        if (hasOld && key.Previous is null && !Keeps(locations) && !request.WaivesProof)
        {
            yield return $"No location of {key.Id} keeps earlier versions, so the old key could not be asked for once it is overwritten. "
                + "Give the key a `previous` location, or waive the proof of its death with --no-proof.";
        }

        if (status?.Fingerprint is { } known && locations[0].Before is { } before && before != known && before != candidate)
        {
            yield return $"{locations[0].Location} holds a value ({before.Short}) that no check has seen yet (known: {known.Short}): "
                + $"somebody changed it. Run `keyrotator check {key.Id}` first.";
        }
    }

    // Whether some store keeps the old value by itself once it is replaced.
    private bool Keeps(List<RotationLocation> locations) => locations.Exists(
        location => location.Before is not null && desk.Stores[location.Location.Store].Capabilities.HasVersions);

    private async Task<RotationJournal> OpenAsync(
        RotationRequest request, Found found, KeyStatus? status, CancellationToken cancellationToken)
    {
        var now = desk.Time.GetUtcNow();
        var key = request.Key;
        var rotation = new KeyRotation
        {
            Uid = Guid.NewGuid(),
            KeyId = key.Id,
            Actor = request.Actor,
            SubmittedAt = now,
            OldFingerprint = found.Old,
            NewFingerprint = found.Candidate,
            IsEmergency = request.IsEmergency,
            IsOldDead = status is { ProvenVerdict: Verdict.Rejected } && status.Fingerprint == found.Old,
            WaivesProof = request.WaivesProof && !Keeps(found.Locations),
            ExpiresAt = request.ExpiresAt,
            Grace = request.Grace ?? key.Policy.Grace,
            NextAt = now,
            Locations = found.Locations,
            Kept = found.Kept,
            Held = found.Held,
            Terms = HoldingOffice.TermsOf(request, now),
        };
        await using var transaction = await desk.State.BeginWriteAsync(cancellationToken);
        var lease = await RotationTable.OpenAsync(transaction, rotation, now + RotationDesk.Lease, cancellationToken)
            ?? throw new RotationRefusedException(
                Open((await RotationTable.OpenOfAsync(transaction, [key.Id], cancellationToken)).GetValueOrDefault(key.Id), key));
        var taken = found.Taken.Count == 0 ? "" : $" Takes over {string.Join(", ", found.Taken)}.";
        var told = new RotationEvent(now, request.Actor, $"Handed in a replacement ({found.Candidate.Short}).{taken}");
        await RotationEventTable.AddAsync(transaction, lease.Rotation.Id, told, cancellationToken);
        foreach (var watch in await RotationValues.OpenOfAsync(transaction, key.Id, watches: true, cancellationToken))
        {
            var what =
                $"Rotation {lease.Rotation.Id} replaces the value that came after this old key; the old key is seen out all the same.";
            await RotationEventTable.AddAsync(transaction, watch, told with { What = what }, cancellationToken);
        }

        await AuditTable.AddAsync(transaction, RotationAudit.Opened(lease.Rotation, desk.State.Actor, told.What), cancellationToken);
        if (rotation is { IsEmergency: true, OldFingerprint: { } leaked })
        {
            var why = FormattableString.Invariant($"leaked, by rotation {lease.Rotation.Id}");
            var move = new KeyTransition(null, KeyState.Compromised, now, request.Actor, why);
            await LeakedValue.RecordAsync(transaction, key, leaked, move, cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
        return new RotationJournal(desk, key, lease, request.Actor);
    }

    /// <summary>Why another one is not opened.</summary>
    /// <param name="open">What stands in the way, or null where it is gone by now.</param>
    /// <param name="key">The key.</param>
    public static string Open(KeyRotation? open, ManagedKey key) => open switch
    {
        { Phase: >= RotationPhase.Completed } =>
            $"Rotation {open.Id} of {key.Id} has ended as {open.Phase}, and what it left in a store is still to be removed: `keyrotator "
            + $"rotations resume {open.Id}` tries it now, `keyrotator rotations abandon {open.Id}` leaves it there.",
        { } =>
            $"Rotation {open.Id} of {key.Id} is open already, at {open.Phase}. One at a time: see `keyrotator rotations show {open.Id}`.",
        null => $"A rotation of {key.Id} is open already: see `keyrotator rotations list`. One at a time.",
    };

    private async Task<KeyStatus?> StatusAsync(ManagedKey key, CancellationToken cancellationToken)
    {
        await using var transaction = await desk.State.BeginReadAsync(cancellationToken);
        return (await KeyStatusTable.LoadAsync(transaction, [key.Id], cancellationToken)).GetValueOrDefault(key.Id);
    }

    private sealed record Found(Fingerprint Candidate, Fingerprint? Old, List<RotationLocation> Locations, RotationLocation? Kept)
    {
        public RotationLocation? Held { get; init; }

        public IReadOnlyList<string> Taken { get; init; } = [];
    }
}

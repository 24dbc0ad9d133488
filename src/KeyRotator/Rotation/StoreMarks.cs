using KeyRotator.Audit;
using KeyRotator.Keys;
using KeyRotator.State;
using KeyRotator.Stores;

namespace KeyRotator.Rotation;

/// <summary>What rotations left in the stores, found by looking there: also where the database that knew of it is lost.</summary>
internal sealed class StoreMarks(RotationDesk desk)
{
    /// <summary>Looks at every place that the keys name, and at every secret with a rotation's mark where the store finds it by
    /// that.</summary>
    /// <param name="store">The store to look into; null for all.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<MarksFound> FindAsync(string? store, CancellationToken cancellationToken)
    {
        await desk.RefreshAsync(cancellationToken);
        var (found, faults) = (new List<StoreMark>(), new List<string>());
        foreach (var each in desk.Stores.Values.Where(each => store is null || each.Name == store).OfType<ISecretDescriber>())
        {
            try
            {
                foreach (var place in await PlacesAsync(each, cancellationToken))
                {
                    await LookAsync(each, place, found, faults, cancellationToken);
                }
            }
            catch (SecretStoreException failure)
            {
                faults.Add(failure.Message);
            }
        }

        return new(found, faults);
    }

    /// <summary>What lies at one secret, or null.</summary>
    /// <exception cref="SecretStoreException">The store could not answer.</exception>
    public async Task<StoreMark?> AtAsync(SecretLocation place, CancellationToken cancellationToken) =>
        desk.Stores.GetValueOrDefault(place.Store) is ISecretDescriber describer
            && await describer.DescribeAsync(place, cancellationToken) is { } described
            ? await MarkAsync(place, described, cancellationToken)
            : null;

    /// <summary>Removes mark, pins and staged version of rotations that are not open here. What is current stays.</summary>
    /// <exception cref="RotationRefusedException">An open rotation needs it.</exception>
    /// <exception cref="SecretStoreException">The store could not do it; what was removed stays removed.</exception>
    /// <exception cref="StateException">The database failed.</exception>
    public async Task CloseAsync(StoreMark mark, CancellationToken cancellationToken)
    {
        if (mark.OpenRotation is { } open)
        {
            throw new RotationRefusedException(
                $"{mark.Place} belongs to rotation {open}, which is open: `keyrotator rotations show {open}`. Nothing was removed.");
        }

        await AuditAsync(mark, AuditActs.Begun, cancellationToken);
        if (mark.Staged is { } staged)
        {
            await desk.WriterOf<IStagingSecretStore>(mark.Place).UnstageAsync(mark.Place, staged, cancellationToken);
        }

        foreach (var pin in mark.Pins.Keys)
        {
            await desk.WriterOf<ISecretPinning>(mark.Place).UnpinAsync(mark.Place, pin, cancellationToken);
        }

        if (mark.Rotation is not null)
        {
            var tags = new Dictionary<string, string?> { [MarkWork.RotationTag] = null };
            await desk.WriterOf<ISecretTagging>(mark.Place).TagAsync(mark.Place, tags, cancellationToken);
        }

        await AuditAsync(mark, AuditActs.Done, cancellationToken);
    }

    private async Task<IReadOnlyList<SecretLocation>> PlacesAsync(ISecretStore store, CancellationToken cancellationToken)
    {
        var places = desk.Inventory.Keys
            .SelectMany(key => key.Locations.Where(place => place.Follows is null).Concat(key.Previous is { } kept ? [kept] : []))
            .Where(place => place.Store == store.Name).Select(place => place with { Field = null }).ToList();
        if (store is ITaggedListing listing && store.Capabilities.KeepsTags)
        {
            await foreach (var secret in listing.ListTaggedAsync(new TagQuery(MarkWork.RotationTag, null, ""), cancellationToken))
            {
                places.Add(new SecretLocation { Store = store.Name, Name = secret.Name });
            }
        }

        return [.. places.DistinctBy(place => place.Name)];
    }

    private async Task LookAsync(
        ISecretDescriber store, SecretLocation place, List<StoreMark> found, List<string> faults, CancellationToken cancellationToken)
    {
        try
        {
            if (await store.DescribeAsync(place, cancellationToken) is { } described
                && await MarkAsync(place, described, cancellationToken) is { } mark)
            {
                found.Add(mark);
            }
        }
        catch (SecretStoreException failure)
        {
            faults.Add(failure.Message);
        }
    }

    private async Task<StoreMark?> MarkAsync(SecretLocation place, SecretDescription described, CancellationToken cancellationToken)
    {
        var mark = new StoreMark
        {
            Place = place,
            Rotation = described.Tags.GetValueOrDefault(MarkWork.RotationTag),
            Installation = described.Tags.GetValueOrDefault(MarkWork.InstallationTag),
            Staged = described.Staged,
            Pins = described.Pins,
        };
        return mark.IsEmpty ? null : mark with { OpenRotation = await OpenAsync(place, cancellationToken) };
    }

    private async Task<long?> OpenAsync(SecretLocation place, CancellationToken cancellationToken)
    {
        await using var transaction = await desk.State.BeginReadAsync(cancellationToken);
        return await RotationLocationTable.OpenAtAsync(transaction, place, cancellationToken);
    }

    private async Task AuditAsync(StoreMark mark, string outcome, CancellationToken cancellationToken)
    {
        await using var transaction = await desk.State.BeginWriteAsync(cancellationToken);
        var entry = new AuditEntry
        {
            At = desk.Time.GetUtcNow(),
            Actor = desk.State.Actor,
            Act = AuditActs.MarksClosed,
            TargetKind = AuditActs.Secret,
            Target = $"{mark.Place.Store}:{mark.Place.Name}",
            Reason = $"Removing what a rotation left: {mark.Words}.",
            Outcome = outcome,
        };
        await AuditTable.AddAsync(transaction, entry, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }
}

/// <summary>What a rotation left at a secret.</summary>
internal sealed record StoreMark
{
    /// <summary>The secret.</summary>
    public required SecretLocation Place { get; init; }

    /// <summary>The rotation's mark as it stands there, or null.</summary>
    public string? Rotation { get; init; }

    /// <summary>The installation's mark as it stands there, or null.</summary>
    public string? Installation { get; init; }

    /// <summary>A version that was staged and never became current, or null.</summary>
    public SecretVersion? Staged { get; init; }

    /// <summary>Pinned versions by pin.</summary>
    public required IReadOnlyDictionary<string, SecretVersion> Pins { get; init; }

    /// <summary>The number of an open rotation of this installation that writes the secret, or null.</summary>
    public long? OpenRotation { get; init; }

    /// <summary>Whether there is nothing.</summary>
    public bool IsEmpty => Rotation is null && Staged is null && Pins.Count == 0;

    /// <summary>What there is, in words.</summary>
    public string Words => string.Join(
        ", ",
        new[]
        {
            Rotation is null ? null : $"mark of rotation {Rotation}",
            Staged is null ? null : $"staged version {Staged}",
            Pins.Count == 0 ? null : $"pinned version {string.Join(" and ", Pins.Values.Select(version => version.Id))}",
        }.OfType<string>());
}

/// <summary>What was found.</summary>
/// <param name="Marks">What rotations left.</param>
/// <param name="Faults">What could not be looked at, a sentence each.</param>
internal sealed record MarksFound(IReadOnlyList<StoreMark> Marks, IReadOnlyList<string> Faults);

using KeyRotator.Keys;

namespace KeyRotator.Stores;

/// <summary>Adds versions to secrets. Key Vault's own call for it has neither condition nor idempotency, so this marks the version in a tag
/// of the same call, and looks afterwards at what came of it.</summary>
/// <remarks>
/// <para>Order: list versions, read the newest, compare, add, list again, read back. After a lost answer the version with the write's mark
/// is adopted, or it is added once more.</para>
/// <para>Somebody else's version in between is seen by the number of versions. Where it came before ours, its value is put back on top and
/// the write is a conflict; where it came after ours, it stays. A content type and tags go over to the new version, the dates do not: they
/// are about the old value.</para>
/// </remarks>
/// <param name="store">Name of the configured store.</param>
/// <param name="api">The calls.</param>
internal sealed class AzureWriter(string store, AzureKeyVaultApi api)
{
    /// <summary>Largest value. Source: "About Azure Key Vault secrets": 25 KB.</summary>
    public const int MaxBytes = 25 * 1024;

    /// <summary>Most tags of a version. Source: "About keys, secrets and certificates", object metadata.</summary>
    public const int MaxTags = 15;

    /// <summary>Writes as <see cref="IWritableSecretStore.WriteAsync"/> says.</summary>
    public async Task<SecretVersion> WriteAsync(SecretWrite write, CancellationToken cancellationToken)
    {
        var version = await TryAsync(write, isLast: false, cancellationToken) ?? await TryAsync(write, isLast: true, cancellationToken);
        return new SecretVersion(version!);
    }

    // Null, where it is not the last attempt: the answer was lost. Perhaps it was added all the same, so its mark is looked for first.
    private async Task<string?> TryAsync(SecretWrite write, bool isLast, CancellationToken cancellationToken)
    {
        var versions = await api.VersionsAsync(write.Location, "write", cancellationToken);
        var known = versions.Where(version => AzureMark.Of(version)?.Token == write.Token).ToList();
        if (known.Count > 0)
        {
            return await KnownAsync(write, known, versions, cancellationToken);
        }

        var current = await api.FindAsync(write.Location, null, "write", cancellationToken);
        RequireCurrent(write, current);
        if (current is not null && AzureDraft.Holds(current, write))
        {
            return current.Version.Id;
        }

        var others = versions.Select(version => version.Id).Append(current?.Version.Id ?? "").Where(id => id.Length > 0)
            .ToHashSet(StringComparer.Ordinal);
        var secret = AzureDraft.Of(write, current, new AzureMark(write.Token, current?.Version.Id, others.Count));
        try
        {
            var added = await api.SetAsync(write.Location, secret, cancellationToken);
            return await SettleAsync(write, added, others, cancellationToken);
        }
        catch (SecretStoreException lost) when (lost.IsTransient && !isLast)
        {
            return null;
        }
    }

    private async Task<string> KnownAsync(
        SecretWrite write, List<AzureVersion> known, IReadOnlyList<AzureVersion> versions, CancellationToken cancellationToken)
    {
        if (versions.Any(version => known.Exists(mine => mine.Id == AzureMark.RestoredOver(version))))
        {
            throw new SecretConflictException(
                store, write.Location, "somebody else wrote in the same moment; their value is the current one.");
        }

        var first = known.MinBy(mine => mine.CreatedAt)!;
        if (first.IsEnabled && await api.FindAsync(write.Location, first.Id, "write", cancellationToken) is { } mine
            && !AzureDraft.Holds(mine, write))
        {
            throw Failure(write, "the token was used for another value.");
        }

        return await SettleAsync(write, first, [], cancellationToken);
    }

    private void RequireCurrent(SecretWrite write, AzureSecret? current)
    {
        if (write.ExpectedVersion?.Id != current?.Version.Id)
        {
            var advice = current is null ? "there is no current version." : $"version {current.Version.Id} is the current one.";
            throw new SecretConflictException(store, write.Location, advice);
        }

        if (current is { Version.IsManaged: true })
        {
            throw Failure(write, "it belongs to a certificate, which Key Vault itself renews.");
        }

        if (current is not null && AzureMark.Strip(current.Version).Count >= MaxTags)
        {
            throw Failure(write, $"it has {MaxTags} tags, which is all there may be: the write needs one. Take one off.");
        }
    }

    // Ours is there. Whether others came before it decides what it counts for.
    private async Task<string> SettleAsync(
        SecretWrite write, AzureVersion mine, HashSet<string> before, CancellationToken cancellationToken)
    {
        var versions = await api.VersionsAsync(write.Location, "write", cancellationToken);
        var current = await CurrentAsync(write.Location, cancellationToken);
        if (current is null || AzureMark.Of(current.Version) is not { } mark || mark.Token != write.Token)
        {
            return mine.Id; // what came after ours stays, also a deletion
        }

        if (!AzureDraft.Holds(current, write))
        {
            throw Failure(write, $"version {current.Version.Id} does not hold what was written: something between changes it.");
        }

        if (Between(versions, mark, before) is { } foreign)
        {
            await GiveWayAsync(write, foreign, current.Version, cancellationToken);
        }

        return current.Version.Id; // not `mine` where a first answer was late and not lost: then there are two of ours
    }

    // Null where the newest version is disabled too: it is not ours then, or somebody turned ours off.
    private async Task<AzureSecret?> CurrentAsync(SecretLocation location, CancellationToken cancellationToken)
    {
        try
        {
            return await api.FindAsync(location, null, "write", cancellationToken);
        }
        catch (AzureDisabledException)
        {
            return null;
        }
    }

    // Ours is the newest: any other one more than there was came before it, and after the one that it was written over.
    private static AzureVersion? Between(IReadOnlyList<AzureVersion> versions, AzureMark mark, HashSet<string> before)
    {
        var others = versions.Where(version => AzureMark.Of(version)?.Token != mark.Token).ToList();
        var over = others.Find(version => version.Id == mark.Over);
        return others.Count <= mark.Others
            ? null
            : others.Where(version => version != over && !before.Contains(version.Id) && !(version.CreatedAt < over?.CreatedAt))
                .MaxBy(version => version.CreatedAt);
    }

    private async Task GiveWayAsync(SecretWrite write, AzureVersion foreign, AzureVersion mine, CancellationToken cancellationToken)
    {
        if (!foreign.IsEnabled || await api.FindAsync(write.Location, foreign.Id, "write", cancellationToken) is not { } theirs)
        {
            throw new SecretConflictException(store, write.Location,
                $"somebody else added version {foreign.Id} in the same moment, disabled: it cannot be put back.");
        }

        var tags = AzureMark.Restored(theirs.Version, mine.Id);
        var back = new AzureSecret(
            theirs.Version with { Tags = tags.Count > MaxTags ? AzureMark.Strip(theirs.Version) : tags }, theirs.Value);
        await api.SetAsync(write.Location, back, cancellationToken);
        throw new SecretConflictException(store, write.Location,
            $"somebody else added version {foreign.Id} in the same moment; its value is the current one again.");
    }

    private SecretStoreException Failure(SecretWrite write, string advice) =>
        new(store, "write", write.Location, isTransient: false, advice);
}

using System.Security.Cryptography;
using KeyRotator.Keys;

namespace KeyRotator.Stores;

/// <summary>Adds versions to secrets. Secret Manager's own call for it has neither condition nor idempotency, so this takes a lease in an
/// annotation under the secret's tag, adds, and looks at what came of it.</summary>
/// <remarks>
/// <para>Order: read, lease, add, read back by number, then one change that remembers the token, ends the lease and, where consumers read
/// an alias, moves it. After a lost answer the versions above the lease's base are compared with what was to be written: one of them is
/// adopted, or it is added once more.</para>
/// <para>The lease holds among KeyRotators. A program that ignores it can still add a version in between: the new version's number tells.
/// Where consumers read the highest version, theirs is then put back on top and the write is a conflict; where they read an alias, its move
/// is conditional and nothing has to be undone.</para>
/// </remarks>
/// <param name="store">Name of the configured store.</param>
/// <param name="api">The calls.</param>
/// <param name="alias">Alias that consumers read, or null where they read <c>latest</c>.</param>
/// <param name="time">The clock, for leases.</param>
internal sealed class GcpWriter(string store, GcpApi api, string? alias, TimeProvider time)
{
    /// <summary>Largest value. Source: Secret Manager, "Quotas and limits".</summary>
    public const int MaxBytes = 64 * 1024;

    private const int MostAttempts = 5;

    /// <summary>What keeps writers apart.</summary>
    public GcpLeases Leases { get; } = new(store, api, time);

    /// <summary>Number of the version that consumers read, or 0; <paramref name="highest"/> is that of the highest one.</summary>
    public long CurrentOf(GcpSecret secret, long highest) => alias is null ? highest : secret.Aliases.GetValueOrDefault(alias);

    /// <summary>Writes as <see cref="IWritableSecretStore.WriteAsync"/> says, or only adds where <paramref name="isStaging"/>.</summary>
    public async Task<SecretVersion> WriteAsync(SecretWrite write, bool isStaging, CancellationToken cancellationToken)
    {
        for (var attempt = 0; attempt < MostAttempts; attempt++)
        {
            using var draft = new GcpDraft(write, isStaging);
            if (await TryAsync(draft, cancellationToken) is { } version)
            {
                return new SecretVersion(GcpApi.Text(version));
            }
        }

        throw Busy(write.Location, "others keep changing the secret.");
    }

    /// <summary>Changes annotations and aliases, whatever else changes meanwhile. The callback gives the change, or null where there is
    /// nothing to do any more; it may throw.</summary>
    public async Task UpdateAsync(
        SecretLocation location, GcpSecret? known, Func<GcpSecret, GcpSecret?> change, CancellationToken cancellationToken)
    {
        for (var attempt = 0; attempt < MostAttempts; attempt++)
        {
            var secret = known ?? await api.FindAsync(location, "write", cancellationToken)
                ?? throw new SecretStoreException(store, "write", location, isTransient: false, "the secret is not there.");
            if (change(secret) is not { } wanted || await api.PatchAsync(location, secret, wanted, cancellationToken) is not null)
            {
                return;
            }

            known = null;
        }

        throw Busy(location, "others keep changing the secret.");
    }

    // Null: the secret changed under us.
    private async Task<long?> TryAsync(GcpDraft draft, CancellationToken cancellationToken)
    {
        var write = draft.Write;
        var secret = await api.FindAsync(write.Location, "write", cancellationToken);
        var marks = GcpMarks.Of(secret);
        if (marks.VersionOf(write.Token) is { } known)
        {
            return await KnownAsync(write, known, cancellationToken);
        }

        Leases.RefuseOthers("write", write.Location, marks.Lease);
        var isResumed = marks.Lease?.Token == write.Token;
        var versions = secret is null
            ? new([], 0)
            : await api.VersionsAsync(write.Location, isResumed ? marks.Lease!.Base : long.MaxValue, "write", cancellationToken);
        if (isResumed && await draft.FindAsync(api, versions, cancellationToken) is { } mine)
        {
            return await SettleAsync(draft, secret!, mine, versions, cancellationToken);
        }

        RequireCurrent(write, secret is null ? 0 : CurrentOf(secret, versions.Highest));
        RefuseOtherStaged(draft, secret, marks);
        if (await draft.LoadAsync(api, cancellationToken) is { } equal)
        {
            return equal;
        }

        var leased = await Leases.TakeAsync(write, secret, marks, versions.Highest, cancellationToken);
        return leased is null ? null : await AddAsync(draft, leased, versions.Highest, cancellationToken);
    }

    private async Task<long> KnownAsync(SecretWrite write, long version, CancellationToken cancellationToken)
    {
        try
        {
            using var payload = await api.AccessAsync(write.Location, GcpApi.Text(version), "write", cancellationToken);
            return payload is null || GcpDraft.Holds(payload.Bytes, write)
                ? version
                : throw new SecretStoreException(
                    store, "write", write.Location, isTransient: false, "the token was used for another value.");
        }
        catch (GcpStateException)
        {
            return version; // written once, and destroyed since
        }
    }

    private void RequireCurrent(SecretWrite write, long current)
    {
        if (GcpDraft.NumberOf(write.ExpectedVersion) != current)
        {
            var advice = current == 0 ? "there is no current version." : $"version {GcpApi.Text(current)} is the current one.";
            throw new SecretConflictException(store, write.Location, advice);
        }
    }

    private void RefuseOtherStaged(GcpDraft draft, GcpSecret? secret, GcpMarks marks)
    {
        if (draft.IsStaging && marks.Staged is { } staged && secret!.Aliases.GetValueOrDefault(alias!) != staged)
        {
            throw new SecretConflictException(store, draft.Write.Location, $"version {GcpApi.Text(staged)} is staged already.");
        }
    }

    private async Task<long?> AddAsync(GcpDraft draft, GcpSecret leased, long highest, CancellationToken cancellationToken)
    {
        GcpVersion added;
        try
        {
            added = await api.AddAsync(draft.Write.Location, draft.Content, cancellationToken);
        }
        catch (SecretStoreException lost) when (lost.IsTransient && !draft.IsLost)
        {
            draft.IsLost = true; // perhaps it was added all the same: looked for once, added once more at most
            var versions = await api.VersionsAsync(draft.Write.Location, highest, "write", cancellationToken);
            return await draft.FindAsync(api, versions, cancellationToken) is { } mine
                ? await SettleAsync(draft, leased, mine, versions, cancellationToken)
                : await AddAsync(draft, leased, highest, cancellationToken);
        }

        await ReadBackAsync(draft, added, cancellationToken);
        var between = added.Number == highest + 1
            ? new GcpVersions([], added.Number)
            : await api.VersionsAsync(draft.Write.Location, highest, "write", cancellationToken);
        return await SettleAsync(draft, leased, added.Number, between, cancellationToken);
    }

    private async Task ReadBackAsync(GcpDraft draft, GcpVersion added, CancellationToken cancellationToken)
    {
        using var payload = await api.AccessAsync(draft.Write.Location, GcpApi.Text(added.Number), "write", cancellationToken);
        if (!added.ChecksumWasSeen || payload is null || !payload.Bytes.SequenceEqual(draft.Content.Span))
        {
            throw new SecretStoreException(store, "write", draft.Write.Location, isTransient: false,
                $"version {GcpApi.Text(added.Number)} does not hold what was written: something between changes it.");
        }
    }

    // Ours is there. Whether others came before it decides what it counts for.
    private async Task<long> SettleAsync(
        GcpDraft draft, GcpSecret secret, long mine, GcpVersions versions, CancellationToken cancellationToken)
    {
        if (alias is null && await draft.FindOtherAsync(api, versions, mine, cancellationToken) is { } foreign)
        {
            await GiveWayAsync(draft, foreign, isTop: versions.Highest == mine, cancellationToken);
        }

        try
        {
            await UpdateAsync(draft.Write.Location, secret, current => Finished(draft, current, mine), cancellationToken);
            return mine;
        }
        catch (SecretConflictException)
        {
            await UpdateAsync(draft.Write.Location, null, current => GcpMarks.Release(current, draft.Write.Token), cancellationToken);
            throw;
        }
    }

    private async Task GiveWayAsync(GcpDraft draft, GcpVersion foreign, bool isTop, CancellationToken cancellationToken)
    {
        var location = draft.Write.Location;
        if (isTop)
        {
            using var theirs = await api.AccessAsync(location, GcpApi.Text(foreign.Number), "write", cancellationToken)
                ?? throw Busy(location, "others keep changing the secret.");
            var copy = theirs.Bytes.ToArray();
            try
            {
                await api.AddAsync(location, copy, cancellationToken);
            }
            finally
            {
                CryptographicOperations.ZeroMemory(copy);
            }
        }

        await UpdateAsync(location, null, secret => GcpMarks.Release(secret, draft.Write.Token), cancellationToken);
        throw new SecretConflictException(store, location,
            $"somebody else added version {GcpApi.Text(foreign.Number)} in the same moment; its value is the current one again.");
    }

    private GcpSecret? Finished(GcpDraft draft, GcpSecret secret, long mine)
    {
        var write = draft.Write;
        var marks = GcpMarks.Of(secret);
        if (marks.VersionOf(write.Token) == mine && marks.Lease?.Token != write.Token)
        {
            return null; // the answer to this very change was lost
        }

        if (alias is not null && !draft.IsStaging)
        {
            RequireCurrent(write, secret.Aliases.GetValueOrDefault(alias));
        }

        marks = marks.With(write.Token, mine) with { Lease = marks.Lease?.Token == write.Token ? null : marks.Lease };
        marks = draft.IsStaging ? marks with { Staged = mine } : marks;
        var aliases = alias is null || draft.IsStaging ? secret.Aliases : new Dictionary<string, long>(secret.Aliases) { [alias] = mine };
        return secret with { Annotations = marks.In(secret.Annotations), Aliases = aliases };
    }

    private SecretStoreException Busy(SecretLocation location, string advice) => new(store, "write", location, isTransient: true, advice);
}

using System.Runtime.CompilerServices;
using KeyRotator.Configuration;
using KeyRotator.Keys;
using KeyRotator.Secrets;
using KeyRotator.Stores.Auth;
using KeyRotator.Stores.Remote;

namespace KeyRotator.Stores;

/// <summary>GCP Secret Manager, global or regional, by its REST interface. A secret's name is its id; versions are numbers.</summary>
/// <remarks>
/// <para>Consumers read <c>latest</c>, which is the highest version, whatever its state: so a write is seen at once, going back is a new
/// version with the earlier value, and the highest version is never destroyed here. Where they read an alias, see
/// <see cref="GcpAliasStore"/>.</para>
/// <para>How versions are added: <see cref="GcpWriter"/>. <c>latest</c> and aliases may lag behind by minutes, versions by number do not:
/// so what was written is read back by number. Source: Secret Manager, "Consistency".</para>
/// </remarks>
internal class GcpSecretManagerStore : IWritableSecretStore, IBatchSecretReader, ITaggedListing, IStoreSelfTest, ISecretDescriber,
    ISecretTagging, ISecretVersionPurge, ISecretRemoval, IMeteredStore
{
    public const string Kind = "gcp";

    /// <summary>A version's access. Source: cloud.google.com/secret-manager/pricing, read 2026-11; listing has no price there.</summary>
    protected static CallPrice AccessPrice { get; } = new(0.03m, 10_000, "2026-11");

    private const int AtOnce = 8;
    private readonly string _read;
    private readonly IGcpTokenSource _tokens;
    private readonly TimeProvider _time;

    /// <exception cref="ArgumentException">The settings are those of another kind.</exception>
    internal GcpSecretManagerStore(StoreSettings settings, TimeProvider time, IGcpTokenSource tokens)
    {
        var client = new StoreClient(settings, time, handler => new GcpTokenHandler(tokens, handler));
        var options = GcpSender.OptionsOf(settings);
        var sender = new GcpSender(settings.Name, options, client);
        (Name, Api, _read, _tokens, _time) = (settings.Name, new GcpApi(sender), options.Alias ?? "latest", tokens, time);
        (Writer, Resource, Meter) = (new GcpWriter(Name, Api, options.Alias, time), sender.Parent, sender.Meter);
    }

    public string Name { get; }

    // Not conditional: a writer who ignores the lease is noticed only afterwards.
    public virtual StoreCapabilities Capabilities { get; } = new()
    {
        HasVersions = true,
        KeepsTags = true,
        IdempotentWrite = true,
        BillsVersions = true,
        ReadPrice = AccessPrice,
        Rollback = RollbackKind.NewVersion,
        MaxBytes = GcpWriter.MaxBytes,
    };

    public StoreMeter Meter { get; }

    public int BatchSize => 100;

    protected GcpApi Api { get; }

    protected GcpWriter Writer { get; }

    private string Resource { get; }

    /// <summary>Makes a store. Opens nothing: credentials are looked for at the first call.</summary>
    /// <exception cref="ArgumentException">The settings are those of another kind.</exception>
    public static ISecretStore Create(StoreSettings settings, TimeProvider time) =>
        Create(settings, time, new GcpCredentials(settings.Name, GcpSender.OptionsOf(settings).Impersonate));

    /// <summary>The same, with tokens of another source.</summary>
    internal static GcpSecretManagerStore Create(StoreSettings settings, TimeProvider time, IGcpTokenSource tokens) =>
        GcpSender.OptionsOf(settings).Alias is null
            ? new GcpSecretManagerStore(settings, time, tokens)
            : new GcpAliasStore(settings, time, tokens);

    public async Task<StoredSecret?> ReadAsync(SecretLocation location, SecretVersion? version, CancellationToken cancellationToken)
    {
        var number = GcpDraft.NumberOf(version);
        if (number < 0)
        {
            return null;
        }

        using var payload = await AccessAsync(location, number, cancellationToken);
        return payload is null ? null : payload.Read(location);
    }

    /// <inheritdoc />
    /// <remarks>Secret Manager has no call for many: each secret is read once, a few at a time.</remarks>
    public async Task<IReadOnlyList<StoreReading>> ReadManyAsync(
        IReadOnlyList<SecretLocation> locations, CancellationToken cancellationToken)
    {
        var readings = new StoreReading[locations.Count];
        var secrets = locations.Index().GroupBy(entry => entry.Item.Name, StringComparer.Ordinal);
        var options = new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(secrets, options, async (secret, token) =>
        {
            var same = await ReadSameAsync([.. secret.Select(entry => entry.Item)], token);
            foreach (var (entry, reading) in secret.Zip(same))
            {
                readings[entry.Index] = reading;
            }
        });
        return readings;
    }

    /// <inheritdoc />
    /// <remarks>Secret Manager's listing does not tell versions, and asking for each would be a call a secret: they are null.</remarks>
    public async IAsyncEnumerable<ListedSecret> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var secret in Api.ListAsync(prefix, null, cancellationToken))
        {
            if (secret.Name.StartsWith(prefix, StringComparison.Ordinal))
            {
                yield return new ListedSecret(secret.Name, null) { Tags = GcpTags.Of(secret) };
            }
        }
    }

    /// <inheritdoc />
    /// <remarks>By label: nothing says that annotations can be filtered by. What a label cannot hold is said in annotations.</remarks>
    public async IAsyncEnumerable<ListedSecret> ListTaggedAsync(
        TagQuery query, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var label = query.Tag + (query.Value is { Length: > 0 } value ? $"={value}" : ":*");
        await foreach (var secret in Api.ListAsync(query.Prefix, label, cancellationToken))
        {
            var listed = new ListedSecret(secret.Name, null) { Tags = GcpTags.Of(secret) };
            if (query.IsMet(listed))
            {
                yield return listed;
            }
        }
    }

    public async Task<SecretVersion?> WriteAsync(SecretWrite write, CancellationToken cancellationToken) =>
        await Writer.WriteAsync(write, isStaging: false, cancellationToken);

    public async Task<SecretDescription?> DescribeAsync(SecretLocation location, CancellationToken cancellationToken)
    {
        if (await Api.FindAsync(location, "describe", cancellationToken) is not { } secret)
        {
            return null;
        }

        var versions = await Api.VersionsAsync(location, long.MaxValue, "describe", cancellationToken);
        var current = Writer.CurrentOf(secret, versions.Highest);
        var version = current == 0 ? null : await Api.VersionAsync(location, current, "describe", cancellationToken);
        return new SecretDescription
        {
            Current = version is null ? null : new SecretVersion(GcpApi.Text(current)),
            Staged = GcpMarks.Of(secret).Staged is { } staged && staged != current ? new SecretVersion(GcpApi.Text(staged)) : null,
            WrittenAt = version?.CreatedAt,
            Tags = GcpTags.Of(secret),
            WriteRefusal = version is null or { State: "ENABLED" }
                ? null
                : $"its current version {GcpApi.Text(current)} is disabled or destroyed: enable it or add one by hand first.",
        };
    }

    /// <inheritdoc />
    /// <remarks>Tags are written as annotations; labels, whose letters are restricted, are only read.</remarks>
    public Task TagAsync(SecretLocation location, IReadOnlyDictionary<string, string?> tags, CancellationToken cancellationToken)
    {
        if (tags.Keys.FirstOrDefault(GcpMarks.IsReserved) is { } reserved)
        {
            throw new SecretStoreException(Name, "tag", location, isTransient: false, $"{reserved} is the store's own.");
        }

        return Writer.UpdateAsync(location, null, secret => GcpTags.In(secret, tags), cancellationToken);
    }

    public async Task PurgeAsync(SecretLocation location, SecretVersion version, CancellationToken cancellationToken)
    {
        var number = GcpDraft.NumberOf(version);
        if (number < 0 || await Api.FindAsync(location, "purge", cancellationToken) is not { } secret)
        {
            return;
        }

        var highest = (await Api.VersionsAsync(location, long.MaxValue, "purge", cancellationToken)).Highest;
        if (number == highest || number == Writer.CurrentOf(secret, highest))
        {
            // Whoever reads `latest` would read nothing: it means the highest version in any state.
            throw new SecretConflictException(Name, location, $"version {version.Id} is what readers get, of latest or of the alias.");
        }

        for (var attempt = 0; attempt < 2; attempt++)
        {
            var found = await Api.VersionAsync(location, number, "purge", cancellationToken);
            if (found is null or { State: "DESTROYED" } || await Api.DestroyAsync(location, found, cancellationToken))
            {
                return;
            }
        }

        throw new SecretStoreException(Name, "purge", location, isTransient: true, "the version keeps changing.");
    }

    public Task RemoveAsync(SecretLocation location, IReadOnlyCollection<SecretValue> known, CancellationToken cancellationToken) =>
        new GcpRemover(Api, Writer.Leases).RemoveAsync(location, known, cancellationToken);

    public Task<IReadOnlyList<StoreTestStep>> TestAsync(IReadOnlyList<SecretLocation> declared, CancellationToken cancellationToken) =>
        new GcpSelfTest(Name, Api, _tokens, Resource, new(_time)).RunAsync(declared, cancellationToken);

    private async Task<IReadOnlyList<StoreReading>> ReadSameAsync(
        IReadOnlyList<SecretLocation> fields, CancellationToken cancellationToken)
    {
        try
        {
            using var payload = await AccessAsync(fields[0], 0, cancellationToken);
            return [.. fields.Select(location => StoreReading.Of(location, () => payload?.Read(location)))];
        }
        catch (SecretStoreException failure)
        {
            return [.. fields.Select(location => new StoreReading(location, null, failure.At(location)))];
        }
    }

    private async Task<GcpPayload?> AccessAsync(SecretLocation location, long number, CancellationToken cancellationToken)
    {
        try
        {
            return await Api.AccessAsync(location, number == 0 ? _read : GcpApi.Text(number), "read", cancellationToken);
        }
        catch (GcpStateException) when (number == 0)
        {
            throw new SecretStoreException(Name, "read", location, isTransient: false,
                $"the version that {_read} means is disabled or destroyed: enable it, or add one.");
        }
        catch (GcpStateException)
        {
            if (await Api.VersionAsync(location, number, "read", cancellationToken) is { State: "DISABLED" })
            {
                throw;
            }

            return null; // destroyed
        }
    }
}

using System.Runtime.CompilerServices;
using KeyRotator.Configuration;
using KeyRotator.Keys;
using KeyRotator.Secrets;
using KeyRotator.Stores.Remote;

namespace KeyRotator.Stores;

/// <summary>HashiCorp Vault or OpenBao, key-value engine of version 1 or 2. A name is a path below the configured mount, or begins with the
/// mount where none is configured: <c>llm/mistral</c>, <c>secret/llm/mistral</c>.</summary>
/// <remarks>
/// <para>A secret is an object of fields. A location with a field means that one; without, the only field there is, and where the secret is
/// absent a write makes the field <c>value</c>. Versions are numbers from 1; readers see a version when it is written, so nothing can be
/// staged.</para>
/// <para>An engine of version 1 keeps no versions, so that it can neither tell a lost answer from a foreign write of the same value nor
/// refuse a write that comes second: values are compared before and after. Which version it is becomes known at the first call;
/// <see cref="Capabilities"/> speaks of the configured one until then, else of version 2.</para>
/// <para>Source: https://developer.hashicorp.com/vault/api-docs/secret/kv, https://openbao.org/api-docs/secret/kv.</para>
/// </remarks>
internal sealed class VaultStore
    : ISecretRemoval, IBatchSecretReader, ITaggedListing, IStoreSelfTest, ISecretDescriber, ISecretTagging, ISecretVersionPurge,
        ISecretVersionFields, IMeteredStore, IDisposable
{
    public const string Kind = "vault";

    private const int MostReads = 16;

    private static readonly StoreCapabilities s_versioned = new()
    {
        HasVersions = true,
        KeepsTags = true,
        ConditionalWrite = true,
        IdempotentWrite = true,
        Rollback = RollbackKind.NewVersion,
        MaxBytes = VaultWrites.LargestValue,
    };

    private static readonly StoreCapabilities s_plain = new() { Rollback = RollbackKind.Rewrite, MaxBytes = VaultWrites.LargestValue };

    private readonly TimeProvider _time;
    private readonly VaultApi _api;
    private readonly VaultEngines _engines;
    private readonly VaultReads _reads;
    private readonly VaultMetadata _metadata;
    private readonly VaultTree _tree;
    private readonly VaultTaggedListing _tagged;
    private readonly VaultWrites _writes;

    /// <param name="settings">The store.</param>
    /// <param name="time">The clock.</param>
    /// <param name="environment">Looks up VAULT_ADDR and its like.</param>
    public VaultStore(StoreSettings settings, TimeProvider time, Func<string, string?> environment)
    {
        var options = (VaultStoreOptions?)settings.Options ?? new();
        (Name, _time) = (settings.Name, time);
        _api = new(settings, options, time, environment);
        _engines = new(_api, options);
        _reads = new(_api, _engines);
        _metadata = new(_api);
        _tree = new(_api);
        _tagged = new(_api, _tree, _metadata);
        _writes = new(_api, _reads, _metadata);
    }

    public string Name { get; }

    public StoreCapabilities Capabilities => _engines.Version == 1 ? s_plain : s_versioned;

    public StoreMeter Meter => _api.Meter;

    public int BatchSize => 250;

    /// <summary>The store of these settings; nothing is opened.</summary>
    public static ISecretStore Create(StoreSettings settings, TimeProvider time) =>
        new VaultStore(settings, time, Environment.GetEnvironmentVariable);

    public async Task<StoredSecret?> ReadAsync(SecretLocation location, SecretVersion? version, CancellationToken cancellationToken)
    {
        var number = version is { } given ? VaultVersion.Number(given) : null;
        var path = await _engines.FindAsync("read", location, cancellationToken);
        if (version is not null && (number is null || path.Engine.Version == 1))
        {
            return null;
        }

        using var secret = await _reads.GetAsync("read", path, number, cancellationToken);
        if (secret is null && version is null)
        {
            await RequireNoFolderAsync(path, cancellationToken);
        }

        return Found(secret, location);
    }

    public async Task<IReadOnlyList<StoreReading>> ReadManyAsync(
        IReadOnlyList<SecretLocation> locations, CancellationToken cancellationToken)
    {
        var readings = new StoreReading[locations.Count];
        var secrets = Enumerable.Range(0, locations.Count).GroupBy(index => locations[index].Name, StringComparer.Ordinal);
        var bound = new ParallelOptions { MaxDegreeOfParallelism = MostReads, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(secrets, bound, async (indexes, cancelled) =>
        {
            foreach (var reading in await ReadFieldsAsync([.. indexes], locations, cancelled))
            {
                readings[reading.Index] = reading.Reading;
            }
        });
        return readings;
    }

    public async Task<IReadOnlyList<string>> FieldsAsync(SecretLocation location, CancellationToken cancellationToken)
    {
        var path = await _engines.FindAsync("read", location, cancellationToken);
        using var secret = await _reads.GetAsync("read", path, null, cancellationToken);
        return secret?.Names ?? [];
    }

    public async Task<IReadOnlyList<string>?> FieldsAsync(
        SecretLocation location, SecretVersion version, CancellationToken cancellationToken)
    {
        var path = await _engines.FindAsync("read", location, cancellationToken);
        if (path.Engine.Version == 1 || VaultVersion.Number(version) is not { } number)
        {
            return null;
        }

        using var secret = await _reads.GetAsync("read", path, number, cancellationToken);
        return secret?.AllNames;
    }

    public async Task<SecretVersion?> WriteAsync(SecretWrite write, CancellationToken cancellationToken) =>
        await _writes.WriteAsync(write, await _engines.FindAsync("write", write.Location, cancellationToken), cancellationToken);

    public async IAsyncEnumerable<ListedSecret> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var engine in await _engines.AllAsync("list", prefix, cancellationToken))
        {
            var front = _engines.Mount is null ? engine.Mount + "/" : "";
            var below = prefix.Length > front.Length ? prefix[front.Length..] : "";
            await foreach (var path in _tree.ListAsync(engine, below, cancellationToken))
            {
                yield return new ListedSecret(front + path, null);
            }
        }
    }

    public async IAsyncEnumerable<ListedSecret> ListTaggedAsync(
        TagQuery query, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var engines = await _engines.AllAsync("list", query.Prefix, cancellationToken);
        if (engines.Count > 0 && engines.All(engine => engine.Version == 1))
        {
            throw new SecretStoreException(Name, "list", null, isTransient: false, "an engine of version 1 keeps no tags.");
        }

        foreach (var engine in engines.Where(engine => engine.Version == 2))
        {
            var front = _engines.Mount is null ? engine.Mount + "/" : "";
            var below = query.Prefix.Length > front.Length ? query.Prefix[front.Length..] : "";
            await foreach (var secret in _tagged.ListAsync(engine, front, below, cancellationToken))
            {
                if (query.IsMet(secret))
                {
                    yield return secret;
                }
            }
        }
    }

    public async Task<SecretDescription?> DescribeAsync(SecretLocation location, CancellationToken cancellationToken)
    {
        var path = await _engines.FindAsync("describe", location, cancellationToken);
        if (path.Engine.Version == 2)
        {
            return await _metadata.DescribeAsync(path, cancellationToken);
        }

        var folder = path.Path[..(path.Path.LastIndexOf('/') + 1)];
        var keys = await _tree.KeysAsync(path.Engine, folder, isFirst: true, cancellationToken, location);
        return keys.Contains(path.Path[folder.Length..]) ? new SecretDescription() : null;
    }

    public async Task TagAsync(SecretLocation location, IReadOnlyDictionary<string, string?> tags, CancellationToken cancellationToken)
    {
        var path = await _engines.FindAsync("tag", location, cancellationToken);
        if (path.Engine.Version == 1)
        {
            throw new SecretStoreException(Name, "tag", location, isTransient: false, "an engine of version 1 keeps no tags.");
        }

        await _metadata.TagAsync(path, tags, cancellationToken);
    }

    public async Task PurgeAsync(SecretLocation location, SecretVersion version, CancellationToken cancellationToken)
    {
        var path = await _engines.FindAsync("purge", location, cancellationToken);
        if (path.Engine.Version == 2 && VaultVersion.Number(version) is { } number)
        {
            await _metadata.PurgeAsync(path, number, cancellationToken);
        }
    }

    public async Task RemoveAsync(
        SecretLocation location, IReadOnlyCollection<SecretValue> known, CancellationToken cancellationToken)
    {
        var path = await _engines.FindAsync("remove", location, cancellationToken);
        await new VaultRemovals(_api, _reads, _metadata).RemoveAsync(path, known, cancellationToken);
    }

    public Task<IReadOnlyList<StoreTestStep>> TestAsync(IReadOnlyList<SecretLocation> declared, CancellationToken cancellationToken) =>
        new VaultSelfTest(_api, _engines, _tree, new(_time)).RunAsync(declared, cancellationToken);

    /// <inheritdoc />
    public void Dispose()
    {
        _api.Dispose();
        _engines.Dispose();
    }

    private static StoredSecret? Found(VaultSecret? secret, SecretLocation location) =>
        secret?.Read(location, "read") is { } value ? new StoredSecret(value, secret.Id) { WrittenAt = secret.WrittenAt } : null;

    // One call for all fields of a secret.
    private async Task<IReadOnlyList<(int Index, StoreReading Reading)>> ReadFieldsAsync(
        int[] indexes, IReadOnlyList<SecretLocation> locations, CancellationToken cancellationToken)
    {
        try
        {
            var path = await _engines.FindAsync("read", locations[indexes[0]], cancellationToken);
            using var secret = await _reads.GetAsync("read", path, null, cancellationToken);
            return [.. indexes.Select(index => (index, StoreReading.Of(locations[index], () => Found(secret, locations[index]))))];
        }
        catch (SecretStoreException failure)
        {
            return [.. indexes.Select(index => (index, new StoreReading(locations[index], null, failure)))];
        }
    }

    private async Task RequireNoFolderAsync(VaultPath path, CancellationToken cancellationToken)
    {
        if ((await _tree.KeysAsync(path.Engine, path.Path + "/", isFirst: false, cancellationToken, path.Location)).Count > 0)
        {
            throw new SecretStoreException(
                Name, "read", path.Location, isTransient: false, "there is no secret, but a folder of that name: name a secret in it.");
        }
    }
}

using System.Runtime.CompilerServices;
using Azure.Core;
using KeyRotator.Configuration;
using KeyRotator.Keys;
using KeyRotator.Secrets;
using KeyRotator.Stores.Auth;
using KeyRotator.Stores.Remote;

namespace KeyRotator.Stores;

/// <summary>Azure Key Vault, one vault of it. A secret's name is its name there; versions are 32 hex digits.</summary>
/// <remarks>
/// <para>Consumers read the newest version, whatever its state: so a write is seen at once, nothing can be staged (a newest version that is
/// disabled is one that nobody can read), and going back is a new version with the earlier value. A version cannot be destroyed by itself,
/// only the secret as a whole.</para>
/// <para>How versions are added: <see cref="AzureWriter"/>; how a secret is removed: <see cref="AzureRemover"/>. Source: "Azure Key Vault
/// secrets" and its REST reference.</para>
/// </remarks>
internal sealed class AzureKeyVaultStore
    : ISecretBin, IBatchSecretReader, ISecretListing, IStoreSelfTest, ISecretDescriber, ISecretTagging, IMeteredStore
{
    public const string Kind = "azure";

    private const int AtOnce = 8;
    private const int VersionLength = 32;
    private readonly AzureKeyVaultApi _api;
    private readonly AzureLogin _login;
    private readonly AzureWriter _writer;
    private readonly TimeProvider _time;

    private AzureKeyVaultStore(string name, AzureKeyVaultApi api, AzureLogin login, TimeProvider time) =>
        (Name, _api, _login, _writer, _time) = (name, api, login, new AzureWriter(name, api), time);

    public string Name { get; }

    // Not conditional: somebody else's write is noticed only afterwards.
    public StoreCapabilities Capabilities { get; } = new()
    {
        HasVersions = true,
        KeepsTags = true,
        IdempotentWrite = true,
        Rollback = RollbackKind.NewVersion,
        MaxBytes = AzureWriter.MaxBytes,
    };

    public StoreMeter Meter => _api.Meter;

    public int BatchSize => 100;

    private AzureRemover Remover => new(Name, _api, _time);

    /// <summary>Makes a store. Opens nothing: credentials are looked for at the first call.</summary>
    /// <exception cref="ArgumentException">The settings are those of another kind, or name no vault.</exception>
    public static ISecretStore Create(StoreSettings settings, TimeProvider time) =>
        Create(settings, time, () => AzureCredentials.Find(OptionsOf(settings)));

    /// <summary>The same, with a credential of another source.</summary>
    internal static AzureKeyVaultStore Create(StoreSettings settings, TimeProvider time, Func<TokenCredential> find)
    {
        var login = new AzureLogin(settings.Name, OptionsOf(settings), time, find);
        return new(settings.Name, new AzureKeyVaultApi(settings, time, login), login, time);
    }

    public async Task<StoredSecret?> ReadAsync(SecretLocation location, SecretVersion? version, CancellationToken cancellationToken) =>
        version is null || IsVersion(version.Value)
            ? (await FindAsync(location, version?.Id, cancellationToken))?.Read(location)
            : null;

    /// <inheritdoc />
    /// <remarks>Key Vault has no call for many: each secret is read once, a few at a time.</remarks>
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
    /// <remarks>Key Vault's listing does not tell versions, and asking for each would be a call a secret: they are null.</remarks>
    public async IAsyncEnumerable<ListedSecret> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var page in _api.ListAsync("list", cancellationToken))
        {
            foreach (var secret in page.Where(secret => secret.Name.StartsWith(prefix, StringComparison.Ordinal)))
            {
                yield return new ListedSecret(secret.Name, null) { Tags = AzureMark.Strip(secret) };
            }
        }
    }

    public async Task<SecretVersion?> WriteAsync(SecretWrite write, CancellationToken cancellationToken) =>
        await _writer.WriteAsync(write, cancellationToken);

    public Task RemoveAsync(SecretLocation location, IReadOnlyCollection<SecretValue> known, CancellationToken cancellationToken) =>
        Remover.RemoveAsync(location, known, cancellationToken);

    public Task<string?> KeptAsync(SecretLocation location, CancellationToken cancellationToken) =>
        Remover.KeptAsync(location, cancellationToken);

    public async IAsyncEnumerable<string> ListKeptAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var page in _api.ListDeletedAsync("list", cancellationToken))
        {
            foreach (var secret in page.Where(secret => secret.IsPurgeable && AzureMark.RemovedAt(secret.Newest) is not null
                && secret.Newest.Name.StartsWith(prefix, StringComparison.Ordinal)))
            {
                yield return secret.Newest.Name;
            }
        }
    }

    public async Task<SecretDescription?> DescribeAsync(SecretLocation location, CancellationToken cancellationToken)
    {
        if (await NewestAsync(location, "describe", cancellationToken) is { } newest)
        {
            return new SecretDescription
            {
                Current = new SecretVersion(newest.Id),
                WrittenAt = newest.CreatedAt,
                Tags = AzureMark.Strip(newest),
                WriteRefusal = newest.IsManaged ? "it belongs to a certificate, which Key Vault itself renews."
                    : newest.IsEnabled ? null
                    : $"its current version {newest.Id} is disabled: enable it, or set a new one by hand.",
            };
        }

        return await _api.DeletionAsync(location, "describe", cancellationToken) is { } deleted
            ? new SecretDescription { WriteRefusal = deleted }
            : null;
    }

    public async Task TagAsync(SecretLocation location, IReadOnlyDictionary<string, string?> tags, CancellationToken cancellationToken)
    {
        if (tags.Keys.FirstOrDefault(AzureMark.IsReserved) is { } reserved)
        {
            throw Failure("tag", location, $"the tag {reserved} is the store's own.");
        }

        var newest = await NewestAsync(location, "tag", cancellationToken) ?? throw Failure("tag", location, "the secret is not there.");
        var wanted = AzureMark.Strip(newest);
        foreach (var (key, value) in tags)
        {
            _ = value is null ? wanted.Remove(key) : (wanted[key] = value) is not null;
        }

        var all = AzureMark.Keep(newest, wanted);
        if (all.Count > AzureWriter.MaxTags)
        {
            throw Failure("tag", location, $"a secret has at most {AzureWriter.MaxTags} tags, the store's own among them.");
        }

        await _api.TagAsync(location, newest, all, "tag", cancellationToken);
    }

    public Task<IReadOnlyList<StoreTestStep>> TestAsync(IReadOnlyList<SecretLocation> declared, CancellationToken cancellationToken) =>
        new AzureSelfTest(Name, _api, _login, new(_time)).RunAsync(declared, cancellationToken);

    private static AzureStoreOptions OptionsOf(StoreSettings settings) => settings.Options as AzureStoreOptions
        ?? throw new ArgumentException($"Store {settings.Name} needs the options of kind {Kind}.", nameof(settings));

    private static bool IsVersion(SecretVersion version) => version.Id.Length == VersionLength && version.Id.All(char.IsAsciiHexDigitLower);

    private async Task<AzureSecret?> FindAsync(SecretLocation location, string? version, CancellationToken cancellationToken)
    {
        var found = await _api.FindAsync(location, version, "read", cancellationToken);
        return found is null && await _api.DeletionAsync(location, "read", cancellationToken) is { } deleted
            ? throw Failure("read", location, deleted)
            : found;
    }

    // Times are to the second and the listing has no order: of two within one, only reading tells which is current.
    private async Task<AzureVersion?> NewestAsync(SecretLocation location, string operation, CancellationToken cancellationToken)
    {
        var versions = await _api.VersionsAsync(location, operation, cancellationToken);
        var newest = versions.MaxBy(version => version.CreatedAt);
        return newest is null || versions.Count(version => version.CreatedAt == newest.CreatedAt) == 1
            ? newest
            : (await _api.FindAsync(location, null, operation, cancellationToken))?.Version;
    }

    private async Task<IReadOnlyList<StoreReading>> ReadSameAsync(
        IReadOnlyList<SecretLocation> fields, CancellationToken cancellationToken)
    {
        try
        {
            var secret = await FindAsync(fields[0], null, cancellationToken);
            return [.. fields.Select(location => StoreReading.Of(location, () => secret?.Read(location)))];
        }
        catch (SecretStoreException failure)
        {
            return [.. fields.Select(location => new StoreReading(location, null, failure.At(location)))];
        }
    }

    private SecretStoreException Failure(string operation, SecretLocation location, string advice) =>
        new(Name, operation, location, isTransient: false, advice);
}

using KeyRotator.Keys;
using KeyRotator.Providers;
using KeyRotator.Secrets;
using KeyRotator.Stores;

namespace KeyRotator.Import;

/// <summary>Finds provider keys among the secrets of a store: by the name of the secret or field, and elsewhere by a shape that only one
/// provider's keys have.</summary>
internal static class StoreImport
{
    /// <summary>No more secrets than this are looked at.</summary>
    public const int MostSecrets = 5_000;

    private const int AtOnce = 16;

    /// <summary>Looks at every secret whose name starts with the prefix.</summary>
    /// <param name="store">The store.</param>
    /// <param name="prefix">Beginning of the names; empty for all.</param>
    /// <param name="fingerprinter">Makes the fingerprints that are reported.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    /// <exception cref="SecretStoreException">The store cannot be listed.</exception>
    public static async Task<StoreImportResult> FindAsync(
        ISecretListing store, string prefix, Fingerprinter fingerprinter, CancellationToken cancellationToken)
    {
        var names = await store.ListAsync(prefix, cancellationToken)
            .Take(MostSecrets + 1)
            .Select(secret => secret.Name)
            .ToListAsync(cancellationToken);
        var looked = names.Take(MostSecrets).ToList();
        var found = new StoreFinding[looked.Count];
        var options = new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken };
        await Parallel.ForAsync(0, looked.Count, options, async (index, token) =>
            found[index] = await LookAsync(store, looked[index], fingerprinter, token));
        return new(
            store.Name,
            [.. found.SelectMany(finding => finding.Keys)],
            [.. found.Select(finding => finding.Failure).OfType<SecretStoreException>()],
            looked.Count,
            IsCutShort: names.Count > MostSecrets);
    }

    private static async Task<StoreFinding> LookAsync(
        ISecretStore store, string name, Fingerprinter fingerprinter, CancellationToken cancellationToken)
    {
        var whole = new SecretLocation { Store = store.Name, Name = name };
        try
        {
            var values = store is ISecretFields fields
                ? await ReadFieldsAsync(fields, whole, cancellationToken)
                : ReadMembers(await store.ReadAsync(whole, null, cancellationToken), whole);
            return new([.. values.Select(value => Recognise(value.Location, value.Value, fingerprinter)).OfType<StoredKey>()], null);
        }
        catch (SecretStoreException failure)
        {
            // One secret that cannot be read is told of, and hides no other.
            return new([], failure);
        }
    }

    private static async Task<IReadOnlyList<(SecretLocation Location, SecretValue Value)>> ReadFieldsAsync(
        ISecretFields store, SecretLocation whole, CancellationToken cancellationToken)
    {
        var values = new List<(SecretLocation, SecretValue)>();
        foreach (var field in await store.FieldsAsync(whole, cancellationToken))
        {
            var location = whole with { Field = field };
            if (await store.ReadAsync(location, null, cancellationToken) is { } secret)
            {
                values.Add((location, secret.Value));
            }
        }

        return values;
    }

    private static IEnumerable<(SecretLocation Location, SecretValue Value)> ReadMembers(StoredSecret? secret, SecretLocation whole)
    {
        if (secret is null)
        {
            return [];
        }

        return JsonFields.Names(secret.Value) is { } names
            ? names.Select(name => whole with { Field = name }).Select(location => (location, JsonFields.Read(secret.Value, location)!))
            : [(whole, secret.Value)];
    }

    private static StoredKey? Recognise(SecretLocation location, SecretValue value, Fingerprinter fingerprinter)
    {
        var name = location.Field ?? location.Name[(location.Name.LastIndexOf('/') + 1)..];
        var byName = KeyProviders.ForVariable(name.Replace('-', '_').ToUpperInvariant());
        var byFormat = KeyProviders.ForFormat(value)?.Provider;
        if (value.Length == 0 || (byName ?? byFormat) is not { } provider)
        {
            return null;
        }

        var isDoubtful = byName is not null && byFormat is not null && byFormat != byName;
        return new(location, provider, fingerprinter.Of(value)) { LooksLike = isDoubtful ? byFormat : null };
    }

    private sealed record StoreFinding(IReadOnlyList<StoredKey> Keys, SecretStoreException? Failure);
}

/// <summary>A key that was found in a store. Its value is not kept.</summary>
/// <param name="Location">Where.</param>
/// <param name="Provider">Whose key it is.</param>
/// <param name="Fingerprint">The value's.</param>
internal sealed record StoredKey(SecretLocation Location, IKeyProvider Provider, Fingerprint Fingerprint)
{
    /// <summary>Another provider whose keys look like this, while the name says otherwise; or null.</summary>
    public IKeyProvider? LooksLike { get; init; }
}

/// <summary>What a look through a store found.</summary>
/// <param name="Store">The store's name.</param>
/// <param name="Keys">The keys, in the order of the listing.</param>
/// <param name="Failures">Secrets that could not be read.</param>
/// <param name="Secrets">How many were looked at.</param>
/// <param name="IsCutShort">Whether there are more.</param>
internal sealed record StoreImportResult(
    string Store, IReadOnlyList<StoredKey> Keys, IReadOnlyList<SecretStoreException> Failures, int Secrets, bool IsCutShort);

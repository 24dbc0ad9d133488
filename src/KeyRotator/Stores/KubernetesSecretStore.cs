using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Unicode;
using KeyRotator.Configuration;
using KeyRotator.Keys;
using KeyRotator.Secrets;
using KeyRotator.Stores.Auth;
using KeyRotator.Stores.Remote;

namespace KeyRotator.Stores;

/// <summary>Kubernetes Secrets, by the API server.</summary>
/// <remarks>
/// <para>A location's name is <c>secret</c> or <c>namespace/secret</c>, its field a key of <c>data</c>. Without a field the Secret's only
/// key is meant, and a new Secret gets the key <c>value</c>. A member of JSON inside a key cannot be addressed: the key's whole text is the
/// value.
/// </para>
/// <para>A version is the <c>resourceVersion</c>: it changes with labels and annotations too, and only the current one can be read. A write
/// is a merge patch that names the version which it replaces, so that it is refused (409) when anything came between.</para>
/// <para>Source: kubernetes.io/docs/reference/using-api/api-concepts, read 2026-11.</para>
/// </remarks>
internal sealed class KubernetesSecretStore(KubernetesApi api, string name)
    : ISecretRemoval, IBatchSecretReader, ITaggedListing, ISecretVersionListing, IStoreSelfTest, ISecretDescriber, ISecretTagging,
        ISecretFields, IMeteredStore, IDisposable
{
    public const string Kind = "kubernetes";

    private const int AtOnce = 8;
    private const int PageSize = 100;
    private const int LongestTag = 16 * 1024;
    private readonly KubernetesApi _api = api;
    private readonly KubernetesSecrets _secrets = new(api);
    private readonly KubernetesWriter _writer = new(api);

    public static ISecretStore Create(StoreSettings settings, TimeProvider time)
    {
        var options = settings.Options as KubernetesStoreOptions ?? new();
        var access = new KubernetesAccess(options, Environment.GetEnvironmentVariable, KubernetesAccess.AccountFolder);
        return new KubernetesSecretStore(new(settings, time, access), settings.Name);
    }

    public string Name => name;

    public StoreCapabilities Capabilities { get; } = new()
    {
        KeepsTags = true,
        ConditionalWrite = true,
        IdempotentWrite = true,
        VersionsPerCall = PageSize,
        Rollback = RollbackKind.Rewrite,
        MaxBytes = KubernetesDraft.MaxBytes,
    };

    public StoreMeter Meter => _api.Meter;

    public int BatchSize => 100;

    public async Task<StoredSecret?> ReadAsync(SecretLocation location, SecretVersion? version, CancellationToken cancellationToken)
    {
        using var secret = await _secrets.GetAsync("read", location, cancellationToken);
        return version is null || version == secret?.Version ? Select(location, secret) : null;
    }

    public async Task<IReadOnlyList<StoreReading>> ReadManyAsync(
        IReadOnlyList<SecretLocation> locations, CancellationToken cancellationToken)
    {
        _api.Open("read", null);
        var readings = new StoreReading[locations.Count];
        var bySecret = Enumerable.Range(0, locations.Count).GroupBy(index => locations[index].Name, StringComparer.Ordinal);
        var limits = new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(bySecret, limits, async (group, cancellation) =>
        {
            await ReadGroupAsync(locations, [.. group], readings, cancellation);
        });
        return readings;
    }

    public async Task<IReadOnlyList<string>> FieldsAsync(SecretLocation location, CancellationToken cancellationToken)
    {
        using var secret = await _secrets.GetAsync("read", location, cancellationToken);
        return secret is null ? [] : [.. secret.Data.Keys];
    }

    public async Task<SecretVersion?> WriteAsync(SecretWrite write, CancellationToken cancellationToken) =>
        await _writer.WriteAsync(write, cancellationToken);

    public Task RemoveAsync(SecretLocation location, IReadOnlyCollection<SecretValue> known, CancellationToken cancellationToken) =>
        new KubernetesRemover(_api, _secrets).RemoveAsync(location, known, cancellationToken);

    public async Task<SecretDescription?> DescribeAsync(SecretLocation location, CancellationToken cancellationToken)
    {
        var metadata = await _secrets.DescribeAsync(location, cancellationToken);
        return metadata is null ? null : new SecretDescription
        {
            Current = new SecretVersion(metadata.ResourceVersion),
            WrittenAt = metadata.WrittenAt,
            WrittenBy = metadata.WrittenBy,
            Tags = metadata.Tags,
            WriteRefusal = metadata.IsControlled ? KubernetesDraft.ControlledAdvice : null,
        };
    }

    public async Task TagAsync(SecretLocation location, IReadOnlyDictionary<string, string?> tags, CancellationToken cancellationToken)
    {
        if (tags.Any(tag => !KubernetesNames.IsAnnotation(tag.Key) || KubernetesDraft.IsOwn(tag.Key) || tag.Value?.Length > LongestTag))
        {
            throw Fault("tag", location, "a tag's name has up to 63 letters, digits, `-`, `_` and `.`, and is not `token` or `earlier`; "
                + "its value is not longer than 16 Ki characters.");
        }

        var call = _secrets.Patch("tag", location, KubernetesJson.Write(4096, json =>
        {
            json.WriteStartObject("metadata");
            json.WriteStartObject("annotations");
            tags.ToList().ForEach(tag => json.WriteString(KubernetesMetadata.Prefix + tag.Key, tag.Value));
            json.WriteEndObject();
            json.WriteEndObject();
        }));
        using var answer = await _api.SendAsync(call, cancellationToken);
        _ = KubernetesFailures.IsAbsent(answer)
            ? throw Fault("tag", location, "the Secret is not there.")
            : _api.Take(call, answer, KubernetesMetadata.Parse);
    }

    public IReadOnlyList<string> PrefixesOf(IEnumerable<string> names) =>
        [.. names.Select(name => name[..(name.IndexOf('/', StringComparison.Ordinal) + 1)]).Distinct(StringComparer.Ordinal)];

    public IAsyncEnumerable<ListedSecret> ListAsync(string prefix, CancellationToken cancellationToken) =>
        ListAsync(prefix, "", cancellationToken);

    /// <inheritdoc />
    /// <remarks>By label: the API server selects by no annotation. What a label cannot hold is said in annotations.</remarks>
    public IAsyncEnumerable<ListedSecret> ListTaggedAsync(TagQuery query, CancellationToken cancellationToken) =>
        ListAsync(query.Prefix, query.Tag + (query.Value is null ? "" : $"={query.Value}"), cancellationToken).Where(query.IsMet);

    public Task<IReadOnlyList<StoreTestStep>> TestAsync(IReadOnlyList<SecretLocation> declared, CancellationToken cancellationToken) =>
        new KubernetesSelfTest(_api, _secrets, new(_api.Time)).RunAsync(declared, cancellationToken);

    public void Dispose() => _api.Dispose();

    private async IAsyncEnumerable<ListedSecret> ListAsync(
        string prefix, string selector, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var ownNamespace = _api.Open("list", null).Namespace;
        var (ns, start) = KubernetesNames.Split(prefix, ownNamespace);
        if (!KubernetesNames.IsNamespace(ns))
        {
            throw new SecretStoreException(Name, "list", null, isTransient: false, "the prefix's namespace is no RFC 1123 label.");
        }

        var lead = prefix.Contains('/') ? $"{ns}/" : "";
        for (string? next = ""; next is not null;)
        {
            var page = await _secrets.PageAsync(ns, next, PageSize, selector, cancellationToken);
            foreach (var found in page.Items.Where(found => found.Name.StartsWith(start, StringComparison.Ordinal)))
            {
                yield return new ListedSecret(lead + found.Name, new SecretVersion(found.ResourceVersion))
                {
                    Alias = lead.Length == 0 ? $"{ns}/{found.Name}" : ns == ownNamespace ? found.Name : null,
                    Tags = found.Tags,
                };
            }

            next = page.Next;
        }
    }

    private async Task ReadGroupAsync(
        IReadOnlyList<SecretLocation> locations, int[] indexes, StoreReading[] readings, CancellationToken cancellationToken)
    {
        try
        {
            using var secret = await _secrets.GetAsync("read", locations[indexes[0]] with { Field = null }, cancellationToken);
            foreach (var index in indexes)
            {
                readings[index] = Read(locations[index], secret);
            }
        }
        catch (SecretStoreException failure)
        {
            foreach (var index in indexes)
            {
                readings[index] = new(locations[index], null, failure);
            }
        }
    }

    private StoreReading Read(SecretLocation location, KubernetesSecret? secret) => StoreReading.Of(location, () =>
    {
        _secrets.Target("read", location);
        return Select(location, secret);
    });

    private static StoredSecret? Select(SecretLocation location, KubernetesSecret? secret)
    {
        if (KubernetesDraft.KeyOf(location, "read", secret) is not { } key || secret?.Data.GetValueOrDefault(key) is not { } bytes)
        {
            return null;
        }

        return Utf8.IsValid(bytes)
            ? new(new SecretValue(Encoding.UTF8.GetString(bytes)), secret.Version) { WrittenAt = secret.Metadata.WrittenAt }
            : throw new SecretStoreException(location.Store, "read", location, isTransient: false, "the value is no UTF-8 text.");
    }

    private SecretStoreException Fault(string operation, SecretLocation location, string advice) =>
        new(Name, operation, location, isTransient: false, advice);
}

using System.Runtime.CompilerServices;
using System.Text;
using KeyRotator.Configuration;
using KeyRotator.Keys;
using KeyRotator.Secrets;
using KeyRotator.Stores.Auth;
using KeyRotator.Stores.Remote;

namespace KeyRotator.Stores;

/// <summary>AWS Secrets Manager.</summary>
/// <remarks>
/// <para>A location's name is the secret's name or its whole ARN. A value is text, or binary that is UTF-8; each stays what it is when it
/// is written.</para>
/// <para>Listings may be five minutes old; what decides is always asked for by itself. Reading moves the day that
/// <see cref="SecretDescription.LastReadAt"/> tells.</para>
/// </remarks>
internal sealed class AwsSecretsManagerStore
    : IStagingSecretStore, ISecretRemoval, IBatchSecretReader, ITaggedListing, ISecretVersionListing, IStoreSelfTest, ISecretDescriber,
        ISecretTagging, ISecretPinning, ISecretVersionPurge, ISecretReaders, IMeteredStore
{
    public const string Kind = "aws";

    private static readonly UTF8Encoding s_strictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly AwsAccess _access;
    private readonly TimeProvider _time;
    private readonly AwsSecretsManagerApi _api;
    private readonly AwsBatchReader _batches;
    private readonly AwsSecretLabels _labels;
    private readonly AwsSecretWriter _writer;

    /// <param name="settings">The store.</param>
    /// <param name="time">The clock.</param>
    /// <param name="access">Region, endpoint and credentials.</param>
    internal AwsSecretsManagerStore(StoreSettings settings, TimeProvider time, AwsAccess access)
    {
        (Name, _access, _time) = (settings.Name, access, time);
        var client = new StoreClient(settings, time, inner => new AwsSigningHandler(access, time, inner));
        Meter = client.Meter;
        _api = new(new AwsJsonClient(Name, client, access, time));
        _batches = new(Name, _api);
        _labels = new(Name, _api);
        _writer = new(Name, _api, _labels, time);
    }

    public string Name { get; }

    public StoreCapabilities Capabilities { get; } = new()
    {
        CanStage = true,
        HasVersions = true,
        KeepsTags = true,
        ConditionalWrite = true,
        IdempotentWrite = true,
        ValuesPerCall = AwsSecretsManagerApi.BatchSize,
        VersionsPerCall = AwsSecretsManagerApi.PageSize,
        Rollback = RollbackKind.Pointer,
        MaxBytes = AwsSecretWriter.MaxBytes,
    };

    public StoreMeter Meter { get; }

    public int BatchSize => AwsSecretsManagerApi.BatchSize;

    public static ISecretStore Create(StoreSettings settings, TimeProvider time)
    {
        var options = settings.Options as AwsStoreOptions ?? new();
        return new AwsSecretsManagerStore(settings, time, new(options, Environment.GetEnvironmentVariable, time));
    }

    public async Task<StoredSecret?> ReadAsync(SecretLocation location, SecretVersion? version, CancellationToken cancellationToken)
    {
        await _api.CheckAsync("read", location, cancellationToken);
        if (version is { Id.Length: < 32 or > 64 })
        {
            return null; // no id of a version is that long or short, and AWS refuses it as malformed
        }

        using var value = await _api.GetAsync("read", location, version, cancellationToken);
        return value is null ? null : Read(value, location);
    }

    public async Task<IReadOnlyList<StoreReading>> ReadManyAsync(
        IReadOnlyList<SecretLocation> locations, CancellationToken cancellationToken)
    {
        var names = locations.Select(location => location.Name).Distinct(StringComparer.Ordinal);
        using var batch = await _batches.ReadAsync([.. names], cancellationToken);
        return [.. locations.Select(location => Reading(batch, location))];
    }

    public IReadOnlyList<string> PrefixesOf(IEnumerable<string> names) => AwsSecretName.CommonStart(names) is { } start ? [start] : [];

    public IAsyncEnumerable<ListedSecret> ListAsync(string prefix, CancellationToken cancellationToken) =>
        ListAsync([new("name", prefix)], secret => secret.Name.StartsWith(prefix, StringComparison.Ordinal), prefix, cancellationToken);

    public IAsyncEnumerable<ListedSecret> ListTaggedAsync(TagQuery query, CancellationToken cancellationToken) => ListAsync(
        [new("tag-key", query.Tag), new("tag-value", query.Value ?? ""), new("name", query.Prefix)],
        query.IsMet,
        query.Prefix,
        cancellationToken);

    public async Task<SecretDescription?> DescribeAsync(SecretLocation location, CancellationToken cancellationToken)
    {
        await _api.CheckAsync("describe", location, cancellationToken);
        return await _api.DescribeAsync("describe", location, cancellationToken) is not { } state ? null : new()
        {
            Current = state.Current,
            Staged = state.Staged,
            LastReadAt = state.LastReadAt,
            Tags = state.Tags,
            Pins = state.Pins,
            IsDeleted = state.IsDeleted,
            WriteRefusal = state.WriteRefusal,
        };
    }

    public async Task<SecretVersion?> WriteAsync(SecretWrite write, CancellationToken cancellationToken)
    {
        await _api.CheckAsync("write", write.Location, cancellationToken);
        return await _writer.WriteAsync(write, cancellationToken);
    }

    /// <remarks>A secret that is absent, or has no version yet, gets one that is current at once: AWS has no other first version, and
    /// nobody can have read an earlier one.</remarks>
    public async Task<SecretVersion> StageAsync(SecretWrite write, CancellationToken cancellationToken)
    {
        await _api.CheckAsync("write", write.Location, cancellationToken);
        return await _writer.StageAsync(write, cancellationToken);
    }

    public async Task PromoteAsync(
        SecretLocation location, SecretVersion staged, SecretVersion expected, CancellationToken cancellationToken)
    {
        await _api.CheckAsync("write", location, cancellationToken);
        await _labels.PromoteAsync(location, staged, expected, cancellationToken);
    }

    public async Task UnstageAsync(SecretLocation location, SecretVersion staged, CancellationToken cancellationToken)
    {
        await _api.CheckAsync("write", location, cancellationToken);
        await _labels.UnstageAsync(location, staged, cancellationToken);
    }

    public async Task RemoveAsync(
        SecretLocation location, IReadOnlyCollection<SecretValue> known, CancellationToken cancellationToken)
    {
        await _api.CheckAsync("remove", location, cancellationToken);
        await new AwsSecretRemover(_api).RemoveAsync(location, known, cancellationToken);
    }

    public async Task TagAsync(SecretLocation location, IReadOnlyDictionary<string, string?> tags, CancellationToken cancellationToken)
    {
        await _api.CheckAsync("tag", location, cancellationToken);
        var (set, removed) = (tags.Where(tag => tag.Value is not null).ToList(), tags.Where(tag => tag.Value is null).ToList());
        if (set.Count > 0)
        {
            await _api.TagAsync(location, set, cancellationToken);
        }

        if (removed.Count > 0)
        {
            await _api.UntagAsync(location, removed.Select(tag => tag.Key), cancellationToken);
        }
    }

    public async Task PinAsync(SecretLocation location, SecretVersion version, string pin, CancellationToken cancellationToken)
    {
        await _api.CheckAsync("pin", location, cancellationToken);
        await new AwsPins(Name, _api).PinAsync(location, version, pin, cancellationToken);
    }

    public async Task UnpinAsync(SecretLocation location, string pin, CancellationToken cancellationToken)
    {
        await _api.CheckAsync("unpin", location, cancellationToken);
        await new AwsPins(Name, _api).UnpinAsync(location, pin, cancellationToken);
    }

    /// <inheritdoc />
    /// <remarks>AWS deletes no version at a call. It loses AWSPREVIOUS, and AWS deletes it later, as every version without a
    /// label.</remarks>
    public async Task PurgeAsync(SecretLocation location, SecretVersion version, CancellationToken cancellationToken)
    {
        await _api.CheckAsync("purge", location, cancellationToken);
        await new AwsPins(Name, _api).GiveUpAsync(location, version, cancellationToken);
    }

    public async Task<DateOnly?> LastReadAsync(SecretLocation location, SecretVersion version, CancellationToken cancellationToken)
    {
        await _api.CheckAsync("describe", location, cancellationToken);
        var read = await _api.LastReadAsync(location, version, cancellationToken);
        return read is { } at ? DateOnly.FromDateTime(at.UtcDateTime) : null;
    }

    public Task<IReadOnlyList<StoreTestStep>> TestAsync(IReadOnlyList<SecretLocation> declared, CancellationToken cancellationToken) =>
        new AwsSelfTest(Name, _api, _access, new(_time)).RunAsync(cancellationToken);

    private async IAsyncEnumerable<ListedSecret> ListAsync(
        IReadOnlyList<AwsFilter> filters,
        Func<ListedSecret, bool> isMeant,
        string prefix,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (!AwsSecretName.IsPrefix(prefix))
        {
            yield break; // AWS refuses to look for what no name can begin with
        }

        string? next = null;
        do
        {
            var page = await _api.ListAsync("list", filters, next, cancellationToken);
            foreach (var secret in page.Secrets.Where(isMeant))
            {
                yield return secret;
            }

            next = page.Next;
        }
        while (next is not null);
    }

    private StoreReading Reading(AwsBatch batch, SecretLocation location) =>
        StoreReading.Of(location, () => batch.Get(location.Name) is { } value ? Read(value, location) : null);

    private StoredSecret? Read(AwsSecretValue value, SecretLocation location)
    {
        var text = location.Field is null ? new(Decode(value.Bytes, location)) : JsonFields.Read(value.Bytes, location);
        return text is null ? null : new StoredSecret(text, value.Version) { WrittenAt = value.WrittenAt };
    }

    private string Decode(byte[] bytes, SecretLocation location)
    {
        try
        {
            return s_strictUtf8.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            // Not kept as the inner exception: its message quotes the bytes.
            throw new SecretStoreException(Name, "read", location, isTransient: false, "it is binary and no UTF-8 text.");
        }
    }
}

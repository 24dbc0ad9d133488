using System.Text.Json;
using KeyRotator.Keys;

namespace KeyRotator.Stores;

/// <summary>The calls of AWS Secrets Manager that are made, with what each means for a repeat.</summary>
/// <remarks>Source: AWS Secrets Manager API Reference, read 2026-11. All of them throw as <see cref="AwsJsonClient.SendAsync"/>
/// does.</remarks>
/// <param name="client">Sends.</param>
internal sealed class AwsSecretsManagerApi(AwsJsonClient client)
{
    /// <summary>Most secrets in one <c>BatchGetSecretValue</c>.</summary>
    public const int BatchSize = 20;

    /// <summary>Most secrets on a page of <c>ListSecrets</c>.</summary>
    public const int PageSize = 100;

    /// <summary>Refuses a location that AWS could not have.</summary>
    /// <exception cref="SecretStoreException">It could not, or there are no credentials.</exception>
    public async Task CheckAsync(string operation, SecretLocation location, CancellationToken cancellationToken)
    {
        var region = await client.RegionAsync(Of("DescribeSecret", operation, location), cancellationToken);
        if (AwsSecretName.Fault(location.Name, region) is { } fault)
        {
            throw new SecretStoreException(location.Store, operation, location, isTransient: false, fault);
        }
    }

    /// <summary>Tells of a secret; null where it is absent.</summary>
    public async Task<AwsSecretState?> DescribeAsync(string operation, SecretLocation location, CancellationToken cancellationToken)
    {
        var call = Of("DescribeSecret", operation, location) with { IsRepeatable = true };
        var region = await client.RegionAsync(call, cancellationToken);
        return await OrAbsentAsync(() => client.SendAsync(call, answer => AwsSecretState.Read(answer, region), cancellationToken));
    }

    /// <summary>Reads a version, or the current one where none is given; null where secret or version is absent.</summary>
    public Task<AwsSecretValue?> GetAsync(
        string operation, SecretLocation location, SecretVersion? version, CancellationToken cancellationToken)
    {
        var call = Of("GetSecretValue", operation, location, json =>
        {
            var (name, value) = version is { } given ? ("VersionId", given.Id) : ("VersionStage", AwsSecretState.CurrentLabel);
            json.WriteString(name, value);
        });
        return OrAbsentAsync(() => client.SendAsync(call with { IsRepeatable = true }, AwsSecretValue.Read, cancellationToken));
    }

    /// <summary>Reads the current versions of up to <see cref="BatchSize"/> secrets.</summary>
    /// <param name="names">Their names or ARNs.</param>
    /// <param name="take">Takes each answer's page.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task BatchAsync(IReadOnlyCollection<string> names, Action<JsonElement> take, CancellationToken cancellationToken)
    {
        for (string? next = null; ;)
        {
            var call = new AwsCall("BatchGetSecretValue", "read", null, json =>
            {
                AwsWire.WriteTexts(json, "SecretIdList", names);
                AwsWire.WriteNext(json, next);
            })
            { IsRepeatable = true };
            next = await client.SendAsync(call, page => Taken(page, take), cancellationToken);
            if (next is null)
            {
                return;
            }
        }
    }

    /// <summary>Makes a secret. The token is its version's id: a repeat does nothing more.</summary>
    public Task<bool> CreateAsync(SecretLocation location, Guid token, ReadOnlyMemory<byte> value, CancellationToken cancellationToken)
    {
        var call = new AwsCall("CreateSecret", "write", location, json =>
        {
            json.WriteString("Name", location.Name);
            AwsWire.WriteValue(json, token, value.Span, isBinary: false);
        });
        return client.SendAsync(
            call with { IsRepeatable = true, ValueLength = value.Length }, answer => IsVersion(answer, token), cancellationToken);
    }

    /// <summary>Adds a version that has the label of staged ones. The token is its id: a repeat does nothing more, the label
    /// included.</summary>
    /// <returns>The version's labels.</returns>
    public Task<string[]> PutAsync(
        SecretLocation location, Guid token, ReadOnlyMemory<byte> value, bool isBinary, CancellationToken cancellationToken)
    {
        var call = Of("PutSecretValue", "write", location, json =>
        {
            AwsWire.WriteValue(json, token, value.Span, isBinary);
            AwsWire.WriteTexts(json, "VersionStages", [AwsSecretState.PendingLabel]);
        });
        return client.SendAsync(
            call with { IsRepeatable = true, ValueLength = value.Length },
            answer => IsVersion(answer, token) ? AwsWire.OptionalTexts(answer, "VersionStages") : [],
            cancellationToken);
    }

    /// <summary>Moves a label from one version to another; null: attaches it only, or takes it away only. Fails where it is on another
    /// version than the given one.</summary>
    public Task MoveAsync(
        SecretLocation location, string label, SecretVersion? from, SecretVersion? to, CancellationToken cancellationToken)
    {
        var call = Of("UpdateSecretVersionStage", "write", location, json =>
        {
            json.WriteString("VersionStage", label);
            AwsWire.WriteVersion(json, "MoveToVersionId", to);
            AwsWire.WriteVersion(json, "RemoveFromVersionId", from);
        });
        return client.SendAsync(call, answer => AwsWire.Text(answer, "ARN"), cancellationToken);
    }

    /// <summary>A secret's versions that are not older than an instant, those without a label too.</summary>
    public async Task<IReadOnlyList<SecretVersion>> VersionsAsync(
        string operation, SecretLocation location, DateTimeOffset since, CancellationToken cancellationToken)
    {
        var versions = new List<SecretVersion>();
        void Take(JsonElement version)
        {
            if (AwsWire.Time(version, "CreatedDate") >= since)
            {
                versions.Add(new SecretVersion(AwsWire.Text(version, "VersionId")));
            }
        }

        await VersionsAsync(operation, location, Take, cancellationToken);
        return versions;
    }

    /// <summary>The day on which anybody last read a version in this region; null where nobody did, or it is gone.</summary>
    public async Task<DateTimeOffset?> LastReadAsync(
        SecretLocation location, SecretVersion version, CancellationToken cancellationToken)
    {
        DateTimeOffset? read = null;
        void Take(JsonElement listed) =>
            read = AwsWire.Text(listed, "VersionId") == version.Id ? AwsWire.Time(listed, "LastAccessedDate") : read;

        await VersionsAsync("describe", location, Take, cancellationToken);
        return read;
    }

    /// <summary>Deletes a secret at once and for good; absent, nothing is done.</summary>
    public async Task DeleteAsync(SecretLocation location, CancellationToken cancellationToken)
    {
        var call = Of("DeleteSecret", "remove", location, json => json.WriteBoolean("ForceDeleteWithoutRecovery", true));
        await OrAbsentAsync(() => client.SendAsync(
            call with { IsRepeatable = true }, answer => AwsWire.Text(answer, "ARN"), cancellationToken));
    }

    /// <summary>Lists a page of the secrets that the filters mean, oldest first.</summary>
    /// <param name="operation">What is tried, for messages.</param>
    /// <param name="filters">Beginnings of what the secrets have, by the filter's name; callers look closer.</param>
    /// <param name="next">Where the page before ended, or null for the first.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public Task<AwsSecretPage> ListAsync(
        string operation, IReadOnlyList<AwsFilter> filters, string? next, CancellationToken cancellationToken)
    {
        var call = new AwsCall("ListSecrets", operation, null, json =>
        {
            json.WriteNumber("MaxResults", PageSize);
            json.WriteString("SortOrder", "asc");
            AwsWire.WriteNext(json, next);
            AwsFilter.Write(json, filters);
        });
        return client.SendAsync(call with { IsRepeatable = true }, AwsSecretPage.Read, cancellationToken);
    }

    /// <summary>Sets tags.</summary>
    public Task TagAsync(SecretLocation location, IEnumerable<KeyValuePair<string, string?>> tags, CancellationToken cancellationToken)
    {
        var call = Of("TagResource", "tag", location, json =>
        {
            json.WriteStartArray("Tags");
            foreach (var (key, value) in tags)
            {
                json.WriteStartObject();
                json.WriteString("Key", key);
                json.WriteString("Value", value);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        });
        return client.SendAsync(call with { IsRepeatable = true }, IsObject, cancellationToken);
    }

    /// <summary>Removes tags.</summary>
    public Task UntagAsync(SecretLocation location, IEnumerable<string> keys, CancellationToken cancellationToken) =>
        client.SendAsync(
            Of("UntagResource", "tag", location, json => AwsWire.WriteTexts(json, "TagKeys", keys)) with { IsRepeatable = true },
            IsObject,
            cancellationToken);

    private async Task VersionsAsync(
        string operation, SecretLocation location, Action<JsonElement> take, CancellationToken cancellationToken)
    {
        for (string? next = null; ;)
        {
            var call = Of("ListSecretVersionIds", operation, location, json =>
            {
                json.WriteBoolean("IncludeDeprecated", true);
                json.WriteNumber("MaxResults", PageSize);
                AwsWire.WriteNext(json, next);
            });
            next = await client.SendAsync(
                call with { IsRepeatable = true },
                page => Taken(page, _ => page.GetProperty("Versions").EnumerateArray().ToList().ForEach(take)),
                cancellationToken);
            if (next is null)
            {
                return;
            }
        }
    }

    private static AwsCall Of(string action, string operation, SecretLocation location, Action<Utf8JsonWriter>? write = null) =>
        new(action, operation, location, json =>
        {
            json.WriteString("SecretId", location.Name);
            write?.Invoke(json);
        });

    private static async Task<T?> OrAbsentAsync<T>(Func<Task<T>> call)
        where T : class
    {
        try
        {
            return await call();
        }
        catch (AwsErrorException fault) when (fault.Kind is AwsErrorKind.Absent)
        {
            return null;
        }
    }

    private static string? Taken(JsonElement page, Action<JsonElement> take)
    {
        take(page);
        return AwsWire.OptionalText(page, "NextToken");
    }

    private static bool IsVersion(JsonElement answer, Guid token) => AwsWire.Text(answer, "VersionId") == token.ToString()
        ? true
        : throw new JsonException("The version has another id than was given.");

    private static bool IsObject(JsonElement answer) =>
        answer.ValueKind is JsonValueKind.Object ? true : throw new JsonException("No object.");
}

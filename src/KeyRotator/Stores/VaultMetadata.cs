using System.Collections.ObjectModel;
using System.Globalization;
using System.Net;
using System.Text.Json;
using KeyRotator.Stores.Remote;

namespace KeyRotator.Stores;

/// <summary>What an engine of version 2 keeps beside a secret's fields: versions, and custom metadata, which are the tags.</summary>
/// <remarks>Custom metadata: at most 64 entries, names of 128 bytes, values of 512, printable.</remarks>
internal sealed class VaultMetadata(VaultApi api)
{
    private static readonly IReadOnlyDictionary<string, string> s_none = ReadOnlyDictionary<string, string>.Empty;

    /// <summary>The secret without its fields; null where it is absent.</summary>
    public async Task<SecretDescription?> DescribeAsync(VaultPath path, CancellationToken cancellationToken)
    {
        using var answer = await GetAsync("describe", path, cancellationToken);
        using var document = answer is null ? null : VaultWire.Parse(answer.Body);
        var data = VaultWire.Of(document).Member("data");
        if (data.Number("current_version") is not { } current || current == 0)
        {
            return null;
        }

        var version = data.Member("versions").Member(current.ToString(CultureInfo.InvariantCulture));
        var custom = data.Texts("custom_metadata");
        return new()
        {
            Current = VaultVersion.Of(current),
            WrittenAt = version.Instant("created_time"),
            Tags = custom.Where(tag => tag.Key != VaultTokens.Entry).ToDictionary(StringComparer.Ordinal),
            WriteRefusal = version.Flag("destroyed")
                ? "Its latest version is destroyed."
                : IsDeleted(version) ? "Its latest version is deleted: undelete it first." : null,
        };
    }

    /// <summary>Sets and removes custom metadata, leaving other entries as they are.</summary>
    public async Task TagAsync(VaultPath path, IReadOnlyDictionary<string, string?> tags, CancellationToken cancellationToken)
    {
        var request = Change("tag", path, HttpMethod.Patch, tags);
        using var answer = await api.SendAsync(request, cancellationToken);
        if ((int)answer.Status is not (403 or 405 or 415))
        {
            api.RequireDone(request, answer);
            return;
        }

        using var known = await GetAsync("tag", path, cancellationToken) ?? throw Absent("tag", path);
        using var document = VaultWire.Parse(known.Body);
        var merged = Merge(VaultWire.Of(document).Member("data").Texts("custom_metadata"), tags);
        await api.DoAsync(Change("tag", path, HttpMethod.Post, merged), cancellationToken);
    }

    /// <summary>Notes a write before it is made. Where the policy does not allow it, the write goes on without: a repeat is then known by
    /// its value alone.</summary>
    public async Task NoteAsync(
        VaultPath path, IReadOnlyDictionary<string, string>? custom, Guid token, long version, CancellationToken cancellationToken)
    {
        var tags = new Dictionary<string, string?> { [VaultTokens.Entry] = VaultTokens.With(custom ?? s_none, token, version) };
        var patch = Change("write", path, HttpMethod.Patch, tags);
        using var answer = await api.SendAsync(patch, cancellationToken);
        if ((int)answer.Status is not (403 or 404 or 405 or 415))
        {
            api.RequireDone(patch, answer);
            return;
        }

        var post = Change("write", path, HttpMethod.Post, Merge(custom ?? s_none, tags));
        using var posted = await api.SendAsync(post, cancellationToken);
        if (posted.Status is not HttpStatusCode.Forbidden)
        {
            api.RequireDone(post, posted);
        }
    }

    /// <summary>Destroys one version that is not current.</summary>
    public async Task PurgeAsync(VaultPath path, long version, CancellationToken cancellationToken)
    {
        using var answer = await GetAsync("purge", path, cancellationToken);
        using var document = answer is null ? null : VaultWire.Parse(answer.Body);
        var data = VaultWire.Of(document).Member("data");
        var known = data.Member("versions").Member(version.ToString(CultureInfo.InvariantCulture));
        if (data.Number("current_version") == version)
        {
            throw new SecretConflictException(api.Store, path.Location, $"version {version} is current and is not destroyed.");
        }

        if (known is null || known.Flag("destroyed"))
        {
            return;
        }

        var body = JsonSerializer.SerializeToUtf8Bytes(new { versions = new[] { version } });
        var destroy = new VaultRequest("purge", path.Location, HttpMethod.Post, $"{path.Engine.Mount}/destroy/{path.Path}")
        {
            Body = body,
            Capabilities = ["update"],
        };
        await api.DoAsync(destroy, cancellationToken);
    }

    private static bool IsDeleted(JsonElement? version) => version.Text("deletion_time") is { Length: > 0 };

    /// <summary>The answer that holds a secret's metadata; null where it is absent. Whoever asks disposes it.</summary>
    public async Task<StoreAnswer?> GetAsync(string operation, VaultPath path, CancellationToken cancellationToken)
    {
        var request = new VaultRequest(operation, path.Location, HttpMethod.Get, path.Metadata);
        var answer = await api.SendAsync(request, cancellationToken);
        using var document = VaultWire.Parse(answer.Body);
        if (answer.Status is HttpStatusCode.OK && VaultWire.Of(document).Member("data").Number("current_version") is not null)
        {
            return answer;
        }

        using (answer)
        {
            var isAbsent = answer.Status is HttpStatusCode.NotFound && VaultWire.ComplaintOf(answer.Body) is VaultComplaint.None;
            return isAbsent ? null : throw api.Fail(request, answer);
        }
    }

    private static VaultRequest Change<T>(string operation, VaultPath path, HttpMethod method, IReadOnlyDictionary<string, T> custom) =>
        new(operation, path.Location, method, path.Metadata)
        {
            Body = JsonSerializer.SerializeToUtf8Bytes(new Dictionary<string, object> { ["custom_metadata"] = custom }),
            Capabilities = ["create", "update", "patch"],
        };

    private static Dictionary<string, string> Merge(IReadOnlyDictionary<string, string> known, IReadOnlyDictionary<string, string?> tags)
    {
        var merged = known.ToDictionary(StringComparer.Ordinal);
        foreach (var (name, value) in tags)
        {
            merged.Remove(name);
            if (value is not null)
            {
                merged[name] = value;
            }
        }

        return merged;
    }

    private SecretStoreException Absent(string operation, VaultPath path) =>
        new(api.Store, operation, path.Location, isTransient: false, "the secret is absent.");
}

using System.Globalization;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using KeyRotator.Keys;

namespace KeyRotator.Stores;

/// <summary>The calls of Secret Manager's REST interface, version 1.</summary>
/// <remarks>Source: https://cloud.google.com/secret-manager/docs/reference/rest. Refusals that a caller expects come as null; all others
/// are thrown as <see cref="SecretStoreException"/>.</remarks>
internal sealed class GcpApi(GcpSender sender)
{
    private const int PageSize = 100; // with annotations of 16 KiB each, a page stays below what an answer may have

    /// <summary>The secret without its versions, or null.</summary>
    public Task<GcpSecret?> FindAsync(SecretLocation location, string operation, CancellationToken cancellationToken) =>
        sender.AskAsync(
            new GcpCall<GcpSecret>(operation, location, GcpPermission.Get, GcpWire.Secret) { Absent = "NOT_FOUND" }, cancellationToken);

    /// <summary>Makes the secret; null where it is there already.</summary>
    public Task<GcpSecret?> CreateAsync(
        SecretLocation location, IReadOnlyDictionary<string, string> annotations, CancellationToken cancellationToken)
    {
        var body = new JsonObject { ["annotations"] = GcpWire.Map(annotations) };
        if (!sender.IsRegional)
        {
            body["replication"] = new JsonObject { ["automatic"] = new JsonObject() };
        }

        var call = new GcpCall<GcpSecret>("write", location, GcpPermission.Create, GcpWire.Secret)
        {
            Resource = sender.Parent,
            Suffix = $"/secrets?secretId={sender.NameOf(location, "write")}",
            Method = HttpMethod.Post,
            Body = JsonSerializer.SerializeToUtf8Bytes(body),
            Absent = "ALREADY_EXISTS",
        };
        return sender.AskAsync(call, cancellationToken);
    }

    /// <summary>Changes annotations and aliases where the secret's tag is still the known one; null where it is not. Each map is replaced
    /// as a whole.</summary>
    public Task<GcpSecret?> PatchAsync(SecretLocation location, GcpSecret known, GcpSecret wanted, CancellationToken cancellationToken)
    {
        var body = new JsonObject { ["etag"] = known.Etag, ["annotations"] = GcpWire.Map(wanted.Annotations) };
        var mask = "annotations";
        if (!ReferenceEquals(wanted.Aliases, known.Aliases))
        {
            body["versionAliases"] = GcpWire.Map(wanted.Aliases);
            mask += ",versionAliases";
        }

        var call = new GcpCall<GcpSecret>("write", location, GcpPermission.Update, GcpWire.Secret)
        {
            Suffix = $"?updateMask={mask}",
            Method = HttpMethod.Patch,
            Body = JsonSerializer.SerializeToUtf8Bytes(body),
            Absent = "FAILED_PRECONDITION",
        };
        return sender.AskAsync(call, cancellationToken);
    }

    /// <summary>Adds a version. Nothing makes a repeat of it one version: it is sent again only where it surely had no effect.</summary>
    public async Task<GcpVersion> AddAsync(SecretLocation location, ReadOnlyMemory<byte> value, CancellationToken cancellationToken)
    {
        var body = GcpWire.Payload(value.Span);
        try
        {
            var call = new GcpCall<GcpVersion>("write", location, GcpPermission.Add, GcpWire.Version)
            {
                Suffix = ":addVersion",
                Method = HttpMethod.Post,
                Body = body,
                IsRepeatable = false,
            };
            return (await sender.AskAsync(call, cancellationToken))!;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(body);
        }
    }

    /// <summary>The value of a version, by number, alias or <c>latest</c>; null where there is none.</summary>
    /// <exception cref="SecretStoreException">Also where the version is disabled or destroyed.</exception>
    public Task<GcpPayload?> AccessAsync(SecretLocation location, string version, string operation, CancellationToken cancellationToken) =>
        sender.AskAsync(
            new GcpCall<GcpPayload>(operation, location, GcpPermission.Access, GcpWire.Access)
            {
                Suffix = $"/versions/{Uri.EscapeDataString(version)}:access",
                Absent = "NOT_FOUND",
            },
            cancellationToken);

    /// <summary>A version without its value, or null.</summary>
    public Task<GcpVersion?> VersionAsync(SecretLocation location, long version, string operation, CancellationToken cancellationToken) =>
        sender.AskAsync(
            new GcpCall<GcpVersion>(operation, location, GcpPermission.GetVersion, GcpWire.Version)
            {
                Suffix = $"/versions/{Text(version)}",
                Absent = "NOT_FOUND",
            },
            cancellationToken);

    /// <summary>The versions above a number, in any state, lowest first; and the highest of all.</summary>
    public async Task<GcpVersions> VersionsAsync(SecretLocation location, long above, string operation, CancellationToken cancellationToken)
    {
        List<GcpVersion> found = [];
        long highest = 0;
        string? next = null;
        do
        {
            var call = new GcpCall<GcpPage<GcpVersion>>(operation, location, GcpPermission.ListVersions, GcpWire.Versions)
            {
                Suffix = "/versions" + Paging(next),
            };
            var page = (await sender.AskAsync(call, cancellationToken))!;
            found.AddRange(page.Items.Where(version => version.Number > above));
            highest = page.Items.Select(version => version.Number).Append(highest).Max();
            next = page.Items.All(version => version.Number > above) ? page.Next : null; // newest first: the rest is older
        }
        while (next is not null);

        return new([.. found.OrderBy(version => version.Number)], highest);
    }

    /// <summary>Destroys a version for good, where it is still as it was read. False where it is not.</summary>
    public async Task<bool> DestroyAsync(SecretLocation location, GcpVersion version, CancellationToken cancellationToken)
    {
        var call = new GcpCall<GcpVersion>("purge", location, GcpPermission.Destroy, GcpWire.Version)
        {
            Suffix = $"/versions/{Text(version.Number)}:destroy",
            Method = HttpMethod.Post,
            Body = JsonSerializer.SerializeToUtf8Bytes(new JsonObject { ["etag"] = version.Etag }),
            Absent = "FAILED_PRECONDITION",
        };
        return await sender.AskAsync(call, cancellationToken) is not null;
    }

    /// <summary>Deletes a secret with all its versions, where it is still as it was read; absent, nothing is done.</summary>
    /// <exception cref="GcpStateException">It is not.</exception>
    public Task DeleteAsync(SecretLocation location, GcpSecret secret, CancellationToken cancellationToken) =>
        sender.AskAsync(
            new GcpCall<object>("remove", location, GcpPermission.Delete, GcpWire.Nothing)
            {
                Suffix = $"?etag={Uri.EscapeDataString(secret.Etag)}",
                Method = HttpMethod.Delete,
                Absent = "NOT_FOUND",
            },
            cancellationToken);

    /// <summary>Every secret whose name has the text in it, and which has the label where one is given; callers look closer.</summary>
    /// <param name="text">Text in the name; empty for any.</param>
    /// <param name="label">A label, and <c>:*</c> or <c>=</c> and its value; null for any.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    public async IAsyncEnumerable<GcpSecret> ListAsync(
        string text, string? label, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string?[] terms = [label is null ? null : $"labels.{label}", GcpSender.IsName(text) ? $"name:{text}" : null];
        var filter = string.Join(" AND ", terms.OfType<string>());
        filter = filter.Length == 0 ? "" : $"&filter={Uri.EscapeDataString(filter)}";
        string? next = null;
        do
        {
            var page = await SecretsAsync("list", Paging(next) + filter, cancellationToken);
            foreach (var secret in page.Items)
            {
                yield return secret;
            }

            next = page.Next;
        }
        while (next is not null);
    }

    /// <summary>The first secret there is, or null.</summary>
    public async Task<GcpSecret?> FirstAsync(CancellationToken cancellationToken) =>
        await SecretsAsync("test", "?pageSize=1", cancellationToken) is { Items: [var first, ..] } ? first : null;

    /// <summary>Which of these permissions the identity has on a secret.</summary>
    public async Task<IReadOnlyList<string>> PermissionsAsync(
        SecretLocation location, IEnumerable<string> permissions, CancellationToken cancellationToken)
    {
        var asked = new JsonArray([.. permissions.Select(permission => (JsonNode?)permission)]);
        var call = new GcpCall<IReadOnlyList<string>>("test", location, GcpPermission.Get, GcpWire.Permissions)
        {
            Suffix = ":testIamPermissions",
            Method = HttpMethod.Post,
            Body = JsonSerializer.SerializeToUtf8Bytes(new JsonObject { ["permissions"] = asked }),
        };
        return (await sender.AskAsync(call, cancellationToken))!;
    }

    /// <summary>The number of a version as the API writes it.</summary>
    public static string Text(long version) => version.ToString(CultureInfo.InvariantCulture);

    private async Task<GcpPage<GcpSecret>> SecretsAsync(string operation, string query, CancellationToken cancellationToken)
    {
        var call = new GcpCall<GcpPage<GcpSecret>>(operation, null, GcpPermission.List, GcpWire.Secrets)
        {
            Resource = sender.Parent,
            Suffix = "/secrets" + query,
        };
        return (await sender.AskAsync(call, cancellationToken))!;
    }

    private static string Paging(string? next) =>
        $"?pageSize={PageSize}" + (next is null ? "" : $"&pageToken={Uri.EscapeDataString(next)}");
}

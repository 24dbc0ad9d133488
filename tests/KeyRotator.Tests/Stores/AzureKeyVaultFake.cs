using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using KeyRotator.Tests.Support;

namespace KeyRotator.Tests.Stores;

/// <summary>Key Vault's REST interface for secrets, as its documents show it: the challenge that a call without a token gets, versions of
/// 32 hex digits, times to the second, pages of 25 without an order, tags replaced as a whole, a newest version that is read whatever its
/// state, and a deleted secret whose name is taken until it is purged; both take a while where a test wants it.</summary>
/// <remarks>Sources: learn.microsoft.com/rest/api/keyvault/secrets (set, get, update, get-secrets, get-secret-versions, delete,
/// get-deleted-secret, get-deleted-secrets, purge-deleted-secret: 204 without a body; DeletionRecoveryLevel);
/// azure/key-vault/general/soft-delete-overview (a deletion takes a while, its name is taken, purge protection);
/// general/authentication-requests-and-responses (challenge); general/rest-error-codes and common-error-codes; secrets/about-secrets
/// (25 KB, nbf and exp are for information); general/about-keys-secrets-certificates (names, 15 tags of 256 characters);
/// azure/role-based-access-control/permissions/security (data actions).</remarks>
internal sealed partial class AzureKeyVaultFake : FakeStoreServer
{
    public const string Tenant = "11111111-2222-3333-4444-555555555555";
    public const string GoodToken = "eyJ.good.token";
    public const int MaxBytes = 25 * 1024;

    private const int MaxTags = 15;
    private long _now = 1767225600; // 2026-01-01

    /// <summary>Secrets by name, of which Key Vault does not tell letters' case apart.</summary>
    public SortedDictionary<string, AzureFakeSecret> Secrets { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Data actions that the identity lacks.</summary>
    public HashSet<string> Denied { get; } = [];

    /// <summary>Whether the vault grants by access policies, and not by roles.</summary>
    public bool HasPolicies { get; set; }

    /// <summary>Tokens that are taken.</summary>
    public HashSet<string> Tokens { get; } = [GoodToken];

    /// <summary>What the challenge names.</summary>
    public string Resource { get; set; } = "https://vault.azure.net";

    /// <summary>Answers every call that has a token with this, or null for nothing.</summary>
    public AzureFakeRefusal? Refusal { get; set; }

    /// <summary>Whether everything happens within one second.</summary>
    public bool IsClockStill { get; set; }

    /// <summary>Whether versions of a secret that is not there are not found, instead of none.</summary>
    public bool RefusesVersionsOfAbsent { get; set; }

    /// <summary>What comes before the path of a listing's next page, or null for the vault itself.</summary>
    public string? NextPagesAt { get; set; }

    /// <summary>Whether the vault has purge protection.</summary>
    public bool IsProtected { get; set; }

    /// <summary>How many looks at a deleted secret it takes until a deletion or a purge is seen.</summary>
    public int Lag { get; set; }

    /// <summary>Adds a version as another program does.</summary>
    public AzureFakeVersion AddForeign(string name, string text, bool isEnabled = true)
    {
        var version = NewVersion(text, null, new() { ["enabled"] = isEnabled }, []);
        SecretOf(name).Versions.Add(version);
        return version;
    }

    /// <inheritdoc />
    protected override FakeAnswer Answer(FakeRequest request)
    {
        try
        {
            RequireToken(request);
            return Route(request) is { } body ? new(200, body.ToJsonString()) : new(204);
        }
        catch (AzureFakeRefusal refusal)
        {
            var error = new JsonObject { ["code"] = refusal.Code, ["message"] = refusal.Message };
            if (refusal.Inner is not null)
            {
                error["innererror"] = new JsonObject { ["code"] = refusal.Inner };
            }

            return new(refusal.Status, new JsonObject { ["error"] = error }.ToJsonString())
            {
                Headers = refusal.Status == 401
                    ? new Dictionary<string, string>
                    {
                        ["WWW-Authenticate"] =
                            $"Bearer authorization=\"https://login.microsoftonline.com/{Tenant}\", resource=\"{Resource}\"",
                    }
                    : [],
            };
        }
    }

    private void RequireToken(FakeRequest request)
    {
        if (!request.Headers.TryGetValue("Authorization", out var token))
        {
            throw new AzureFakeRefusal(401, "Unauthorized", "AKV10000: Request is missing a Bearer or PoP token.");
        }

        if (Refusal is not null)
        {
            throw Refusal;
        }

        if (!Tokens.Contains(token.Replace("Bearer ", "", StringComparison.Ordinal)))
        {
            throw new AzureFakeRefusal(401, "Unauthorized", $"AKV10032: Invalid issuer. Expected one of https://sts.windows.net/{Tenant}/");
        }
    }

    private JsonObject? Route(FakeRequest request)
    {
        if (!QueryOf(request).Contains("api-version=", StringComparison.Ordinal))
        {
            throw Bad("The api-version query parameter is missing.");
        }

        return (request.Method, request.Path.Trim('/').Split('/')) switch
        {
            ("GET", ["secrets"]) => AllSecrets(request),
            ("GET", ["secrets", var name, "versions"]) => Versions(request, name),
            ("GET", ["secrets", var name]) => Get(name, null),
            ("GET", ["secrets", var name, var version]) => Get(name, version),
            ("PUT", ["secrets", var name]) => Set(name, Body(request)),
            ("PATCH", ["secrets", var name, var version]) => Update(name, version, Body(request)),
            ("DELETE", ["secrets", var name]) => Move(name, isDeleted: true),
            ("GET", ["deletedsecrets"]) => AllDeleted(request),
            ("DELETE", ["deletedsecrets", var name]) => Purge(name),
            ("GET", ["deletedsecrets", var name]) => Deleted(name),
            ("POST", ["deletedsecrets", var name, "recover"]) => Move(name, isDeleted: false),
            _ => throw new AzureFakeRefusal(404, "NotFound", "No such resource."),
        };
    }

    private JsonObject Get(string name, string? version)
    {
        Require("secrets/getSecret/action", "get");
        var found = Live(name)?.Versions.LastOrDefault(one => version is null || one.Id == version) ?? throw Absent(name, version);
        return found.IsEnabled
            ? Bundle(Secrets[name], found, withValue: true)
            : throw new AzureFakeRefusal(403, "Forbidden", "Operation get is not allowed on a disabled secret.", "SecretDisabled");
    }

    private JsonObject Set(string name, JsonObject body)
    {
        Require("secrets/setSecret/action", "set");
        if (!NamePattern().IsMatch(name))
        {
            throw Bad("The request URI contains an invalid name.");
        }

        if (Secrets.TryGetValue(name, out var known) && known.IsDeleted)
        {
            throw new AzureFakeRefusal(
                409, "Conflict", $"Secret {name} is currently in a deleted but recoverable state, and its name cannot "
                + "be reused; in this state, the secret can only be recovered or purged.", "ObjectIsDeletedButRecoverable");
        }

        var text = (string?)body["value"] ?? throw Bad("The parameter value is missing.");
        if (Encoding.UTF8.GetByteCount(text) > MaxBytes)
        {
            throw Bad("The secret value is too large.");
        }

        var tags = Copy(body["tags"]);
        RequireTags(tags);
        var version = NewVersion(text, (string?)body["contentType"], Copy(body["attributes"]), tags);
        SecretOf(name).Versions.Add(version);
        return Bundle(Secrets[name], version, withValue: true);
    }

    // What is not named stays; tags are replaced as a whole.
    private JsonObject Update(string name, string version, JsonObject body)
    {
        Require("secrets/update/action", "set");
        var found = Live(name)?.Versions.LastOrDefault(one => one.Id == version) ?? throw Absent(name, version);
        foreach (var (member, value) in Copy(body["attributes"]))
        {
            found.Attributes[member] = value?.DeepClone();
        }

        if (body["tags"] is not null)
        {
            RequireTags(Copy(body["tags"]));
            found.Tags = Copy(body["tags"]);
        }

        return Bundle(Secrets[name], found, withValue: false);
    }

    private JsonObject AllSecrets(FakeRequest request)
    {
        Require("secrets/readMetadata/action", "list");
        var live = Secrets.Values.Where(secret => !secret.IsDeleted);
        return Page(request, [.. live.Select(secret => Bundle(secret, secret.Versions[^1], withValue: false, withVersion: false))]);
    }

    private JsonObject Versions(FakeRequest request, string name)
    {
        Require("secrets/readMetadata/action", "list");
        if (Live(name) is not { } secret)
        {
            return RefusesVersionsOfAbsent ? throw Absent(name, null) : Page(request, []);
        }

        // The documents promise no order: by id is none.
        return Page(request, [.. secret.Versions.OrderBy(one => one.Id, StringComparer.Ordinal)
            .Select(one => Bundle(secret, one, withValue: false))]);
    }

    private JsonObject Deleted(string name)
    {
        Require("secrets/getSecret/action", "get");
        var secret = Secrets.GetValueOrDefault(name);
        var isChanging = secret is { IsDeleted: true, Looks: > 0 } && secret.Looks-- > 0;
        if (secret is { IsPurged: true } && !isChanging)
        {
            Secrets.Remove(name);
        }

        return secret is { IsDeleted: true } && isChanging == secret.IsPurged ? DeletedBundle(secret) : throw Absent(name, null);
    }

    private JsonObject AllDeleted(FakeRequest request)
    {
        Require("secrets/readMetadata/action", "list");
        var deleted = Secrets.Values.Where(secret => secret.IsDeleted && secret.Looks == 0);
        return Page(request, [.. deleted.Select(secret => DeletedBundle(secret, withVersion: false))]);
    }

    private JsonObject? Purge(string name)
    {
        Require("secrets/purge/action", "purge");
        var secret = Secrets.GetValueOrDefault(name);
        if (secret is not { IsDeleted: true } || (secret.Looks > 0 && !secret.IsPurged))
        {
            throw Absent(name, null);
        }

        if (IsProtected)
        {
            throw new AzureFakeRefusal(403, "Forbidden", "Operation \"purge\" is not allowed because purge protection is enabled.");
        }

        (secret.IsPurged, secret.Looks) = (true, Lag);
        _ = Lag > 0 || Secrets.Remove(name);
        return null;
    }

    private JsonObject DeletedBundle(AzureFakeSecret secret, bool withVersion = true)
    {
        var bundle = Bundle(secret, secret.Versions[^1], withValue: false, withVersion);
        (bundle["recoveryId"], bundle["deletedDate"]) = ($"https://{Address.Authority}/deletedsecrets/{secret.Name}", _now);
        bundle["scheduledPurgeDate"] = _now + (90 * 86400);
        return bundle;
    }

    private JsonObject Move(string name, bool isDeleted)
    {
        Require(isDeleted ? "secrets/delete" : "secrets/recover/action", isDeleted ? "delete" : "recover");
        if (!Secrets.TryGetValue(name, out var secret) || (secret.IsDeleted == isDeleted && secret.Looks == 0))
        {
            throw Absent(name, null);
        }

        if (secret.Looks > 0)
        {
            throw new AzureFakeRefusal(409, "Conflict", $"Secret {name} is currently being deleted.", "ObjectIsBeingDeleted");
        }

        (secret.IsDeleted, secret.Looks) = (isDeleted, isDeleted ? Lag : 0);
        return isDeleted ? DeletedBundle(secret) : Bundle(secret, secret.Versions[^1], withValue: false);
    }

    private JsonObject Page(FakeRequest request, IReadOnlyList<JsonObject> items)
    {
        var (skip, size) = (Number(request, "skiptoken", 0), Number(request, "maxresults", 25));
        var next = skip + size < items.Count
            ? $"{NextPagesAt ?? $"https://{Address.Authority}"}{request.Path}?api-version=7.4&$skiptoken={skip + size}&maxresults={size}"
            : null;
        return new() { ["value"] = new JsonArray([.. items.Skip(skip).Take(size)]), ["nextLink"] = next };
    }

    private JsonObject Bundle(AzureFakeSecret secret, AzureFakeVersion version, bool withValue, bool withVersion = true)
    {
        var attributes = Copy(version.Attributes);
        (attributes["enabled"], attributes["created"], attributes["updated"]) = (version.IsEnabled, version.Created, version.Created);
        (attributes["recoveryLevel"], attributes["recoverableDays"]) = (IsProtected ? "Recoverable" : "Recoverable+Purgeable", 90);
        var bundle = new JsonObject
        {
            ["id"] = $"https://{Address.Authority}/secrets/{secret.Name}{(withVersion ? $"/{version.Id}" : "")}",
            ["attributes"] = attributes,
            ["tags"] = Copy(version.Tags),
        };
        if (withValue)
        {
            bundle["value"] = version.Text;
        }

        if (version.ContentType is not null)
        {
            bundle["contentType"] = version.ContentType;
        }

        if (secret.IsManaged)
        {
            bundle["managed"] = true;
        }

        return bundle;
    }

    private void Require(string action, string permission)
    {
        if (Denied.Contains(action))
        {
            throw HasPolicies
                ? new AzureFakeRefusal(
                    403, "Forbidden", $"The user does not have secrets {permission} permission on key vault.", "AccessDenied")
                : new AzureFakeRefusal(
                    403, "Forbidden", $"Caller is not authorized. Action: 'Microsoft.KeyVault/vaults/{action}'", "ForbiddenByRbac");
        }
    }

    private AzureFakeSecret? Live(string name) => Secrets.TryGetValue(name, out var secret) && !secret.IsDeleted ? secret : null;

    private AzureFakeSecret SecretOf(string name) => Secrets.TryGetValue(name, out var known) ? known : Secrets[name] = new(name);

    private AzureFakeVersion NewVersion(string text, string? contentType, JsonObject attributes, JsonObject tags) =>
        new(Guid.NewGuid().ToString("N"), IsClockStill ? _now : ++_now, text)
        {
            ContentType = contentType,
            Attributes = attributes,
            Tags = tags,
        };

    private static void RequireTags(JsonObject tags)
    {
        if (tags.Count > MaxTags || tags.Any(tag => tag.Key.Length > 256 || ((string?)tag.Value)?.Length is null or > 256))
        {
            throw Bad("Too many tags, or one is too long.");
        }
    }

    private static JsonObject Body(FakeRequest request) =>
        request.Headers.GetValueOrDefault("Content-Type")?.StartsWith("application/json", StringComparison.Ordinal) == true
        && JsonNode.Parse(request.Body) is JsonObject body
            ? body
            : throw Bad("The body is no JSON object.");

    private static JsonObject Copy(JsonNode? node) => node?.DeepClone() as JsonObject ?? [];

    private static int Number(FakeRequest request, string name, int otherwise) =>
        Regex.Match(QueryOf(request), name + "=([0-9]+)") is { Success: true } found ? int.Parse(found.Groups[1].Value, null) : otherwise;

    // Clients escape more of it than they have to.
    private static string QueryOf(FakeRequest request) => Uri.UnescapeDataString(request.Query);

    private static AzureFakeRefusal Bad(string message) => new(400, "BadParameter", message);

    private static AzureFakeRefusal Absent(string name, string? version) =>
        new(404, "SecretNotFound", $"A secret with (name/id) {name}/{version} was not found in this key vault.");

    [GeneratedRegex("^[0-9a-zA-Z-]{1,127}$")]
    private static partial Regex NamePattern();
}

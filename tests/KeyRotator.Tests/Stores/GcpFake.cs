using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.Json.Nodes;
using KeyRotator.Stores.Auth;
using KeyRotator.Tests.Support;

namespace KeyRotator.Tests.Stores;

/// <summary>A version as the fake holds it.</summary>
internal sealed class GcpFakeVersion(long number, byte[] data)
{
    public long Number => number;

    public byte[] Data { get; set; } = data;

    public string State { get; set; } = "ENABLED";

    public int Etag { get; set; } = 1;

    public bool HasChecksum { get; init; }

    public string Text => Encoding.UTF8.GetString(Data);
}

/// <summary>A secret as the fake holds it.</summary>
internal sealed class GcpFakeSecret
{
    public int Etag { get; set; } = 1;

    public Dictionary<string, string> Labels { get; } = [];

    public Dictionary<string, string> Annotations { get; set; } = [];

    public Dictionary<string, string> Aliases { get; set; } = [];

    public List<GcpFakeVersion> Versions { get; } = [];

    public bool IsRegional { get; init; }

    public GcpFakeVersion Add(byte[] data, bool hasChecksum = false)
    {
        var version = new GcpFakeVersion(Versions.Count + 1, data) { HasChecksum = hasChecksum };
        Versions.Add(version);
        return version;
    }
}

/// <summary>Secret Manager's REST interface, version 1, as its documents and the gcloud command show it: answers carry the project's
/// number, 64-bit numbers are strings, a lost condition is FAILED_PRECONDITION with status 400, and only members that <c>updateMask</c>
/// names are changed.</summary>
/// <remarks>Sources: cloud.google.com/secret-manager/docs/reference/rest; docs/data-integrity (CRC32C); docs/etags; docs/consistency;
/// cloud.google.com/apis/design/errors.</remarks>
internal sealed class GcpFake : FakeStoreServer
{
    public const string Project = "keys-prod";
    public const string ProjectNumber = "123456";
    public const string Location = "europe-west3";
    public const string GoodToken = "ya29.good";

    /// <summary>Secrets by name.</summary>
    public SortedDictionary<string, GcpFakeSecret> Secrets { get; } = new(StringComparer.Ordinal);

    /// <summary>Permissions that the identity lacks.</summary>
    public HashSet<string> Denied { get; } = [];

    /// <summary>Tokens that are taken.</summary>
    public HashSet<string> Tokens { get; } = [GoodToken];

    /// <summary>Spoils what is accessed, as a broken proxy does.</summary>
    public bool SpoilsPayload { get; set; }

    /// <summary>Answers additions as if no checksum came.</summary>
    public bool IgnoresChecksum { get; set; }

    /// <summary>Answers everything with this, or null for nothing.</summary>
    public GcpFakeRefusal? Refusal { get; set; }

    /// <summary>Most items on a page.</summary>
    public int PageSize { get; set; } = 25_000;

    /// <summary>Adds a version as another program does, without a look at annotations.</summary>
    public void AddForeign(string name, string text)
    {
        if (!Secrets.TryGetValue(name, out var secret))
        {
            Secrets[name] = secret = new();
        }

        secret.Add(Encoding.UTF8.GetBytes(text));
    }

    /// <inheritdoc />
    protected override FakeAnswer Answer(FakeRequest request)
    {
        try
        {
            return new(200, Route(request).ToJsonString());
        }
        catch (GcpFakeRefusal refusal)
        {
            var error = new JsonObject { ["code"] = refusal.Code, ["message"] = refusal.Message, ["status"] = refusal.Status };
            if (refusal.Reason is not null)
            {
                error["details"] = new JsonArray(
                    new JsonObject { ["@type"] = "type.googleapis.com/google.rpc.ErrorInfo", ["reason"] = refusal.Reason });
            }

            return new(refusal.Code, new JsonObject { ["error"] = error }.ToJsonString());
        }
    }

    private JsonObject Route(FakeRequest request)
    {
        if (Refusal is not null)
        {
            throw Refusal;
        }

        var token = request.Headers.GetValueOrDefault("Authorization") ?? "";
        if (!token.StartsWith("Bearer ", StringComparison.Ordinal) || !Tokens.Contains(token["Bearer ".Length..]))
        {
            throw new GcpFakeRefusal(401, "UNAUTHENTICATED", "Request had invalid authentication credentials.");
        }

        var parts = request.Path.Split('/', StringSplitOptions.RemoveEmptyEntries).Select(Uri.UnescapeDataString).ToList();
        if (parts is not ["v1", "projects", Project or ProjectNumber, ..])
        {
            throw new GcpFakeRefusal(403, "PERMISSION_DENIED", "Permission denied (or it may not exist).", "CONSUMER_INVALID");
        }

        var isRegional = parts.Count > 4 && parts[3] == "locations";
        return (isRegional && parts[4] != Location, parts[(isRegional ? 5 : 3)..], request.Method) switch
        {
            (true, _, _) => throw new GcpFakeRefusal(400, "INVALID_ARGUMENT", "The location is not supported."),
            (_, ["secrets"], "GET") => List(request, isRegional),
            (_, ["secrets"], "POST") => Create(request, isRegional),
            (_, ["secrets", var secret], _) => OfSecret(request, secret, isRegional),
            (_, ["secrets", var secret, "versions"], "GET") => Versions(request, Find(secret, isRegional), secret),
            (_, ["secrets", var secret, "versions", var version], _) => OfVersion(request, secret, version, isRegional),
            _ => throw new GcpFakeRefusal(404, "NOT_FOUND", "No such method."),
        };
    }

    private JsonObject OfSecret(FakeRequest request, string last, bool isRegional)
    {
        var (name, verb) = Split(last);
        return (request.Method, verb) switch
        {
            ("GET", null) => Get(name, isRegional),
            ("PATCH", null) => Patch(request, name, isRegional),
            ("DELETE", null) => Delete(request, name, isRegional),
            ("POST", "addVersion") => AddVersion(request, name, isRegional),
            ("POST", "testIamPermissions") => TestPermissions(request, name, isRegional),
            _ => throw new GcpFakeRefusal(404, "NOT_FOUND", "No such method."),
        };
    }

    private JsonObject OfVersion(FakeRequest request, string secret, string last, bool isRegional)
    {
        var (id, verb) = Split(last);
        Demand(verb switch
        {
            "access" => "secretmanager.versions.access",
            "destroy" or "disable" or "enable" => "secretmanager.versions." + verb,
            _ => "secretmanager.versions.get",
        });
        var found = Find(secret, isRegional);
        var version = Resolve(found, id);
        return (request.Method, verb) switch
        {
            ("GET", null) => Show(secret, found, version),
            ("GET", "access") => Access(secret, found, version),
            ("POST", "destroy" or "disable" or "enable") => SetState(request, secret, found, version, verb),
            _ => throw new GcpFakeRefusal(404, "NOT_FOUND", "No such method."),
        };
    }

    private JsonObject Get(string name, bool isRegional)
    {
        Demand("secretmanager.secrets.get");
        return Show(name, Find(name, isRegional));
    }

    // "newest first"; `totalSize` is sent as gcloud's client library knows it
    private JsonObject Versions(FakeRequest request, GcpFakeSecret secret, string name)
    {
        Demand("secretmanager.versions.list");
        var newestFirst = secret.Versions.OrderByDescending(version => version.Number);
        return Page(request, "versions", [.. newestFirst.Select(version => (JsonNode?)Show(name, secret, version))]);
    }

    private JsonObject List(FakeRequest request, bool isRegional)
    {
        Demand("secretmanager.secrets.list");
        var terms = Query(request, "filter")?.Split(" AND ") ?? [];
        var found = Secrets.Where(secret => secret.Value.IsRegional == isRegional && terms.All(term => IsMet(secret.Key, secret.Value, term)));
        return Page(request, "secrets", [.. found.Select(secret => (JsonNode?)Show(secret.Key, secret.Value))]);
    }

    private static bool IsMet(string name, GcpFakeSecret secret, string term) => term.Split(':', '=') switch
    {
        ["name", var part] => name.Contains(part, StringComparison.Ordinal),
        [var field, "*"] when field.StartsWith("labels.", StringComparison.Ordinal) => secret.Labels.ContainsKey(field[7..]),
        [var field, var value] when field.StartsWith("labels.", StringComparison.Ordinal) => secret.Labels.GetValueOrDefault(field[7..]) == value,
        _ => throw new GcpFakeRefusal(400, "INVALID_ARGUMENT", "Invalid filter."),
    };

    private JsonObject Page(FakeRequest request, string list, List<JsonNode?> all)
    {
        var asked = int.Parse(Query(request, "pageSize") ?? "25000", CultureInfo.InvariantCulture);
        var size = Math.Min(asked == 0 ? 25_000 : asked, PageSize);
        var start = Query(request, "pageToken") is { Length: > 0 } token ? int.Parse(token[1..], CultureInfo.InvariantCulture) : 0;
        var page = new JsonObject { ["totalSize"] = all.Count };
        if (all.Count > start)
        {
            page[list] = new JsonArray([.. all.Skip(start).Take(size)]);
        }

        if (all.Count > start + size)
        {
            page["nextPageToken"] = "p" + (start + size).ToString(CultureInfo.InvariantCulture);
        }

        return page;
    }

    private JsonObject Create(FakeRequest request, bool isRegional)
    {
        Demand("secretmanager.secrets.create");
        var name = Query(request, "secretId") ?? "";
        var body = Body(request);
        var isGlobal = body["replication"] is not null;
        if (isGlobal == isRegional)
        {
            throw new GcpFakeRefusal(400, "INVALID_ARGUMENT", "Replication is required for global secrets and not for regional ones.");
        }

        if (Secrets.ContainsKey(name))
        {
            throw new GcpFakeRefusal(409, "ALREADY_EXISTS", "Secret already exists.");
        }

        Secrets[name] = new GcpFakeSecret { IsRegional = isRegional, Annotations = Texts(body["annotations"]) };
        return Show(name, Secrets[name]);
    }

    private JsonObject Patch(FakeRequest request, string name, bool isRegional)
    {
        Demand("secretmanager.secrets.update");
        var secret = Find(name, isRegional);
        var body = Body(request);
        if (body["etag"] is { } etag && (string?)etag != EtagOf(secret))
        {
            throw new GcpFakeRefusal(400, "FAILED_PRECONDITION", "The etag provided in the request does not match.");
        }

        var mask = (Query(request, "updateMask") ?? "").Split(',');
        secret.Annotations = mask.Contains("annotations") ? Texts(body["annotations"]) : secret.Annotations;
        secret.Aliases = mask.Contains("versionAliases") ? Texts(body["versionAliases"]) : secret.Aliases;
        secret.Etag++;
        return Show(name, secret);
    }

    private JsonObject Delete(FakeRequest request, string name, bool isRegional)
    {
        Demand("secretmanager.secrets.delete");
        if (Query(request, "etag") is { } etag && etag != EtagOf(Find(name, isRegional)))
        {
            throw new GcpFakeRefusal(400, "FAILED_PRECONDITION", "The etag provided in the request does not match.");
        }

        Find(name, isRegional);
        Secrets.Remove(name);
        return [];
    }

    private JsonObject AddVersion(FakeRequest request, string name, bool isRegional)
    {
        Demand("secretmanager.versions.add");
        var secret = Find(name, isRegional);
        var payload = Body(request)["payload"]!.AsObject();
        var data = Convert.FromBase64String((string?)payload["data"] ?? "");
        var crc = (string?)payload["dataCrc32c"];
        if (data.Length > 65_536 || (crc is not null && crc != Crc(data)))
        {
            throw new GcpFakeRefusal(400, "INVALID_ARGUMENT", "The payload is too large, or its checksum does not match.");
        }

        // The secret's own etag stays.
        var version = secret.Add(data, crc is not null && !IgnoresChecksum);
        return Show(name, secret, version);
    }

    private JsonObject TestPermissions(FakeRequest request, string name, bool isRegional)
    {
        // A secret that is absent has no permissions, and is not told apart:
        // https://cloud.google.com/secret-manager/docs/reference/rest/v1/projects.secrets/testIamPermissions
        var isThere = Secrets.TryGetValue(name, out var secret) && secret.IsRegional == isRegional;
        var held = Body(request)["permissions"]!.AsArray().Select(permission => (string)permission!)
            .Where(text => isThere && !Denied.Contains(text));
        JsonNode?[] shown = [.. held.Select(text => (JsonNode?)text)];
        return shown.Length > 0 ? new() { ["permissions"] = new JsonArray(shown) } : [];
    }

    private JsonObject Access(string name, GcpFakeSecret secret, GcpFakeVersion version)
    {
        if (version.State != "ENABLED")
        {
            throw new GcpFakeRefusal(400, "FAILED_PRECONDITION", $"Secret Version is in {version.State} state.");
        }

        var shown = SpoilsPayload ? [.. version.Data, (byte)'x'] : version.Data;
        return new()
        {
            ["name"] = NameOf(name, secret, version),
            ["payload"] = new JsonObject { ["data"] = Convert.ToBase64String(shown), ["dataCrc32c"] = Crc(version.Data) },
        };
    }

    private static JsonObject SetState(FakeRequest request, string name, GcpFakeSecret secret, GcpFakeVersion version, string verb)
    {
        var etag = request.Body.Length == 0 ? null : (string?)Body(request)["etag"];
        if ((etag is not null && etag != EtagOf(version)) || version.State == "DESTROYED")
        {
            throw new GcpFakeRefusal(400, "FAILED_PRECONDITION", "The version is destroyed, or its etag does not match.");
        }

        version.State = verb switch { "destroy" => "DESTROYED", "disable" => "DISABLED", _ => "ENABLED" };
        version.Data = verb == "destroy" ? [] : version.Data;
        version.Etag++;
        return Show(name, secret, version);
    }

    private GcpFakeSecret Find(string name, bool isRegional) =>
        Secrets.TryGetValue(name, out var secret) && secret.IsRegional == isRegional
            ? secret
            : throw new GcpFakeRefusal(404, "NOT_FOUND", "Secret not found or has no versions.");

    // `latest` is the highest number, in any state.
    private static GcpFakeVersion Resolve(GcpFakeSecret secret, string id)
    {
        var latest = secret.Versions.Count.ToString(CultureInfo.InvariantCulture);
        var number = id == "latest" ? latest : secret.Aliases.GetValueOrDefault(id, id);
        return secret.Versions.Find(version => version.Number.ToString(CultureInfo.InvariantCulture) == number)
            ?? throw new GcpFakeRefusal(404, "NOT_FOUND", "Secret Version not found.");
    }

    private void Demand(string permission)
    {
        if (Denied.Contains(permission))
        {
            throw new GcpFakeRefusal(403, "PERMISSION_DENIED", $"Permission '{permission}' denied for resource (or it may not exist).");
        }
    }

    private static JsonObject Show(string name, GcpFakeSecret secret)
    {
        var shown = new JsonObject
        {
            ["name"] = NameOf(name, secret),
            ["createTime"] = "2026-01-01T00:00:00.123456Z",
            ["etag"] = EtagOf(secret),
        };
        if (!secret.IsRegional)
        {
            shown["replication"] = new JsonObject { ["automatic"] = new JsonObject() };
        }

        // Empty maps are left out, as Google's JSON does.
        Dictionary<string, Dictionary<string, string>> maps =
            new() { ["labels"] = secret.Labels, ["annotations"] = secret.Annotations, ["versionAliases"] = secret.Aliases };
        foreach (var (member, map) in maps.Where(map => map.Value.Count > 0))
        {
            shown[member] = new JsonObject(map.Select(entry => KeyValuePair.Create(entry.Key, (JsonNode?)entry.Value)));
        }

        return shown;
    }

    private static JsonObject Show(string name, GcpFakeSecret secret, GcpFakeVersion version)
    {
        var shown = new JsonObject
        {
            ["name"] = NameOf(name, secret, version),
            ["createTime"] = $"2026-01-{version.Number:00}T00:00:00.123456Z",
            ["state"] = version.State,
            ["replicationStatus"] = new JsonObject { ["automatic"] = new JsonObject() },
            ["etag"] = EtagOf(version),
        };
        if (version.HasChecksum)
        {
            shown["clientSpecifiedPayloadChecksum"] = true;
        }

        return shown;
    }

    private static string NameOf(string name, GcpFakeSecret secret) =>
        $"projects/{ProjectNumber}/{(secret.IsRegional ? $"locations/{Location}/" : "")}secrets/{name}";

    private static string NameOf(string name, GcpFakeSecret secret, GcpFakeVersion version) =>
        $"{NameOf(name, secret)}/versions/{version.Number.ToString(CultureInfo.InvariantCulture)}";

    private static string EtagOf(GcpFakeSecret secret) => $"\"16211daf5f{secret.Etag:x4}\"";

    private static string EtagOf(GcpFakeVersion version) => $"\"16211dbe3a{version.Etag:x4}\"";

    private static string Crc(byte[] data)
    {
        var crc = ~data.Aggregate(~0u, BitOperations.Crc32C);
        return crc.ToString(CultureInfo.InvariantCulture);
    }

    private static (string Name, string? Verb) Split(string last) =>
        last.Split(':') is [var name, var verb] ? (name, verb) : (last, null);

    private static JsonObject Body(FakeRequest request) => JsonNode.Parse(request.Body)!.AsObject();

    private static Dictionary<string, string> Texts(JsonNode? map) =>
        map is null ? [] : map.AsObject().ToDictionary(entry => entry.Key, entry => (string)entry.Value!);

    // `alt=json` and whatever else a client library adds is ignored.
    private static string? Query(FakeRequest request, string name) => request.Query.TrimStart('?').Split('&')
        .Select(part => part.Split('=', 2)).Where(part => part[0] == name).Select(part => Uri.UnescapeDataString(part[^1]))
        .FirstOrDefault();
}

/// <summary>An error of Google's.</summary>
internal sealed class GcpFakeRefusal(int code, string status, string message, string? reason = null) : Exception(message)
{
    public int Code => code;

    public string Status => status;

    public string? Reason => reason;
}

/// <summary>Access tokens as a test wants them.</summary>
internal sealed class FixedTokens(params string[] texts) : IGcpTokenSource
{
    private int _next = -1;

    /// <summary>What was refused.</summary>
    public List<string> Refused { get; } = [];

    public Task<GcpToken> TokenAsync(string? refused, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (refused is not null)
        {
            Refused.Add(refused);
        }

        _next = refused is null && _next >= 0 ? _next : Math.Min(_next + 1, texts.Length - 1);
        return Task.FromResult(new GcpToken(texts[_next], "service account test@keys-prod.iam.gserviceaccount.com"));
    }
}

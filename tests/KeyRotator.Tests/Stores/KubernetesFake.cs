using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using KeyRotator.Tests.Support;

namespace KeyRotator.Tests.Stores;

/// <summary>The part of an API server that is about Secrets.</summary>
/// <remarks>Written from kubernetes.io/docs/reference/using-api/api-concepts (resource versions, merge patch, chunks of lists,
/// metadata-only answers), …/reference/kubernetes-api/config-and-storage-resources/secret-v1, RFC 7386 and the Status of <c>meta/v1</c>.
/// The real kubectl works with it: KubernetesPeerTests.</remarks>
internal sealed class KubernetesFake : FakeStoreServer
{
    public const string Token = "made-up-token";
    public const string Namespace = "team";
    private static readonly string[] s_maps = ["labels", "annotations"];
    private readonly SortedDictionary<string, JsonObject> _secrets = new(StringComparer.Ordinal);
    private int _version = 1000;

    /// <summary>Tokens that are accepted.</summary>
    public HashSet<string> Tokens { get; } = [Token];

    /// <summary>Whether no token is asked for: kubectl sends none without TLS.</summary>
    public bool IsOpen { get; init; }

    /// <summary>Verbs that the identity may not use on secrets.</summary>
    public HashSet<string> Denied { get; } = [];

    /// <summary>The only names that rights hold for, as with <c>resourceNames</c> of a Role: then there are none to list or create. Null for
    /// all names.</summary>
    public HashSet<string>? Named { get; set; }

    /// <summary>Namespaces that are there.</summary>
    public HashSet<string> Namespaces { get; } = [Namespace, "other"];

    /// <summary>Whether the server knows SelfSubjectReview, as 1.28 and later do.</summary>
    public bool TellsWho { get; set; } = true;

    /// <summary>The Date header in place of the true one.</summary>
    public string? Date { get; set; }

    /// <summary>The object as it is kept, or null.</summary>
    public JsonObject? Find(string name, string ns = Namespace) => _secrets.GetValueOrDefault($"{ns}/{name}");

    /// <summary>Puts a Secret, as somebody else would.</summary>
    public JsonObject Put(string name, IReadOnlyDictionary<string, string> data, string ns = Namespace)
    {
        var values = new JsonObject(data.Select(entry => KeyValuePair.Create(entry.Key, (JsonNode?)Encoded(entry.Value))));
        var secret = Find(name, ns) ?? New(name, ns);
        secret["data"] = values;
        return Keep(secret, "kubectl");
    }

    /// <summary>Changes an object as somebody else would.</summary>
    public void Change(string name, Action<JsonObject> change)
    {
        var secret = Find(name)!;
        change(secret);
        Keep(secret, "somebody");
    }

    /// <summary>Removes a Secret.</summary>
    public void Remove(string name) => _secrets.Remove($"{Namespace}/{name}");

    /// <summary>A key's text, or null.</summary>
    public string? TextOf(string name, string key, string ns = Namespace) =>
        Find(name, ns)?["data"]?[key]?.GetValue<string>() is { } data ? Encoding.UTF8.GetString(Convert.FromBase64String(data)) : null;

    protected override FakeAnswer Answer(FakeRequest request)
    {
        var answer = Route(request);
        return Date is null ? answer : answer with { Headers = new Dictionary<string, string> { ["Date"] = Date } };
    }

    private FakeAnswer Route(FakeRequest request)
    {
        if (Discovery(request.Path) is { } discovered)
        {
            return discovered;
        }

        var authorization = request.Headers.GetValueOrDefault("Authorization") ?? "";
        if (!IsOpen && (!authorization.StartsWith("Bearer ", StringComparison.Ordinal) || !Tokens.Contains(authorization["Bearer ".Length..])))
        {
            return Status(401, "Unauthorized");
        }

        return request.Path.TrimStart('/').Split('/') switch
        {
            ["api", "v1", "namespaces", var ns, "secrets"] when request.Method == "GET" => List(ns, request),
            ["api", "v1", "namespaces", var ns, "secrets"] when request.Method == "POST" => Create(ns, request),
            ["api", "v1", "namespaces", var ns, "secrets", var name] when request.Method == "GET" => Get(ns, name, request),
            ["api", "v1", "namespaces", var ns, "secrets", var name] when request.Method == "PATCH" => Patch(ns, name, request),
            ["api", "v1", "namespaces", var ns, "secrets", var name] when request.Method == "DELETE" => Delete(ns, name, request),
            ["apis", "authentication.k8s.io", "v1", "selfsubjectreviews"] when TellsWho => Json(201, JsonNode.Parse(
                """{"kind":"SelfSubjectReview","status":{"userInfo":{"username":"system:serviceaccount:team:keyrotator"}}}""")!.AsObject()),
            ["apis", "authorization.k8s.io", "v1", "selfsubjectaccessreviews"] => Review(request),
            _ => new(404, "404 page not found\n", "text/plain"),
        };
    }

    private FakeAnswer Get(string ns, string name, FakeRequest request) =>
        !May("get", name) ? Forbidden(name)
        : Find(name, ns) is { } secret ? Shown(200, secret, request)
        : Status(404, "NotFound", name);

    private FakeAnswer List(string ns, FakeRequest request)
    {
        if (!May("list"))
        {
            return Forbidden("");
        }

        var query = Microsoft.AspNetCore.WebUtilities.QueryHelpers.ParseQuery(request.Query);
        var limit = int.TryParse(query.GetValueOrDefault("limit"), CultureInfo.InvariantCulture, out var asked)
            && asked > 0 ? asked : int.MaxValue;
        var after = query.GetValueOrDefault("continue").ToString();
        var selector = query.GetValueOrDefault("labelSelector").ToString().Split('=');
        var left = _secrets.Where(
            entry => entry.Key.StartsWith(ns + "/", StringComparison.Ordinal) && string.CompareOrdinal(entry.Key, after) > 0)
            .Where(entry => selector[0].Length == 0 || IsSelected(entry.Value, selector))
            .ToList();
        var page = left.Take(limit).ToList();
        var isMetadata = request.Headers["Accept"].StartsWith("application/json;as=PartialObjectMetadataList;", StringComparison.Ordinal);
        return Json(200, new JsonObject
        {
            ["kind"] = isMetadata ? "PartialObjectMetadataList" : "SecretList",
            ["apiVersion"] = isMetadata ? "meta.k8s.io/v1" : "v1",
            ["metadata"] = new JsonObject
            {
                ["resourceVersion"] = $"{_version}",
                ["continue"] = page.Count < left.Count ? page[^1].Key : "",
            },
            ["items"] = new JsonArray([.. page.Select(entry => isMetadata ? Partial(entry.Value) : entry.Value.DeepClone())]),
        });
    }

    private static bool IsSelected(JsonObject secret, string[] selector) =>
        secret["metadata"]?["labels"]?[selector[0]]?.GetValue<string>() is { } value && (selector.Length == 1 || value == selector[1]);

    private FakeAnswer Create(string ns, FakeRequest request)
    {
        if (!request.Headers["Content-Type"].StartsWith("application/json", StringComparison.Ordinal))
        {
            return Status(415, "UnsupportedMediaType"); // protobuf is not spoken here
        }

        var sent = JsonNode.Parse(request.Body)!.AsObject();
        var name = sent["metadata"]!["name"]!.GetValue<string>();
        if (!May("create"))
        {
            return Forbidden(name);
        }

        if (!Namespaces.Contains(ns))
        {
            return Status(404, "NotFound", ns, "namespaces");
        }

        if (Find(name, ns) is not null)
        {
            return Status(409, "AlreadyExists", name);
        }

        var secret = New(name, ns);
        secret["data"] = sent["data"]?.DeepClone();
        secret["type"] = sent["type"]?.DeepClone() ?? "Opaque";
        foreach (var member in s_maps.Where(member => sent["metadata"]![member] is not null))
        {
            secret["metadata"]![member] = sent["metadata"]![member]!.DeepClone();
        }

        return Invalid(secret) ?? Shown(201, Keep(secret, Manager(request)), request);
    }

    private FakeAnswer Patch(string ns, string name, FakeRequest request)
    {
        if (!May("patch", name))
        {
            return Forbidden(name);
        }

        if (Find(name, ns) is not { } before)
        {
            return Status(404, "NotFound", name);
        }

        if (!request.Headers["Content-Type"].StartsWith("application/merge-patch+json", StringComparison.Ordinal))
        {
            return Status(415, "UnsupportedMediaType");
        }

        var after = Merge(before.DeepClone(), JsonNode.Parse(request.Body))!.AsObject();
        if (Version(after) != Version(before))
        {
            return Status(409, "Conflict", name);
        }

        if (before["immutable"]?.GetValue<bool>() == true && !JsonNode.DeepEquals(before["data"], after["data"]))
        {
            return Status(422, "Invalid", name, cause: ("FieldValueForbidden", "data"));
        }

        return Invalid(after) ?? Shown(200, JsonNode.DeepEquals(before, after) ? before : Keep(after, Manager(request)), request);
    }

    private FakeAnswer Delete(string ns, string name, FakeRequest request)
    {
        if (!May("delete", name))
        {
            return Forbidden(name);
        }

        if (Find(name, ns) is not { } secret)
        {
            return Status(404, "NotFound", name);
        }

        var wanted = request.Body.Length == 0
            ? null
            : JsonNode.Parse(request.Body)!["preconditions"]?["resourceVersion"]?.GetValue<string>();
        if (wanted is not null && wanted != Version(secret))
        {
            return Status(409, "Conflict", name);
        }

        _secrets.Remove($"{ns}/{name}");
        return Json(200, new JsonObject { ["kind"] = "Status", ["apiVersion"] = "v1", ["status"] = "Success" });
    }

    private FakeAnswer Review(FakeRequest request)
    {
        var asked = JsonNode.Parse(request.Body)!["spec"]!["resourceAttributes"]!;
        var (verb, name) = (asked["verb"]!.GetValue<string>(), asked["name"]?.GetValue<string>());
        return Json(201, new JsonObject
        {
            ["kind"] = "SelfSubjectAccessReview",
            ["status"] = new JsonObject { ["allowed"] = May(verb, name) },
        });
    }

    private bool May(string verb, string? name = null) =>
        !Denied.Contains(verb) && (Named is null || (name is not null && Named.Contains(name)));

    // RFC 7386.
    private static JsonNode? Merge(JsonNode? target, JsonNode? patch)
    {
        if (patch is not JsonObject members)
        {
            return patch?.DeepClone();
        }

        var merged = target as JsonObject ?? [];
        foreach (var (name, value) in members)
        {
            if (value is null)
            {
                merged.Remove(name);
                continue;
            }

            var old = merged[name];
            merged.Remove(name);
            merged[name] = Merge(old, value);
        }

        return merged;
    }

    private static FakeAnswer? Invalid(JsonObject secret)
    {
        var sizes = (secret["data"] as JsonObject)?.Select(entry => Convert.FromBase64String(entry.Value!.GetValue<string>()).Length) ?? [];
        return sizes.Sum() > 1024 * 1024
            ? Status(422, "Invalid", secret["metadata"]!["name"]!.GetValue<string>(), cause: ("FieldValueTooLong", "data"))
            : null;
    }

    private static FakeAnswer Shown(int status, JsonObject secret, FakeRequest request) =>
        Json(status, request.Headers["Accept"].StartsWith("application/json;as=PartialObjectMetadata;", StringComparison.Ordinal)
            ? Partial(secret)
            : secret);

    private static JsonObject Partial(JsonObject secret) => new()
    {
        ["kind"] = "PartialObjectMetadata",
        ["apiVersion"] = "meta.k8s.io/v1",
        ["metadata"] = secret["metadata"]!.DeepClone(),
    };

    private static JsonObject New(string name, string ns) => new()
    {
        ["kind"] = "Secret",
        ["apiVersion"] = "v1",
        ["metadata"] = new JsonObject { ["name"] = name, ["namespace"] = ns, ["creationTimestamp"] = "2026-11-20T08:00:00Z" },
        ["type"] = "Opaque",
    };

    private JsonObject Keep(JsonObject secret, string manager)
    {
        secret["metadata"]!["resourceVersion"] = $"{++_version}";
        secret["metadata"]!["managedFields"] = new JsonArray(
            new JsonObject { ["manager"] = "kubectl-create", ["operation"] = "Update", ["time"] = "2026-11-20T08:00:00Z" },
            new JsonObject { ["manager"] = manager, ["operation"] = "Update", ["time"] = "2026-11-21T09:30:00Z" });
        _secrets[$"{secret["metadata"]!["namespace"]}/{secret["metadata"]!["name"]}"] = secret;
        return secret;
    }

    private static string Version(JsonObject secret) => secret["metadata"]!["resourceVersion"]!.GetValue<string>();

    private static string Manager(FakeRequest request) =>
        Microsoft.AspNetCore.WebUtilities.QueryHelpers.ParseQuery(request.Query).GetValueOrDefault("fieldManager").ToString();

    private static string Encoded(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    private static FakeAnswer Forbidden(string name) => Status(403, "Forbidden", name);

    private static FakeAnswer Status(
        int code, string reason, string? name = null, string kind = "secrets", (string Reason, string Field)? cause = null)
    {
        var details = name is null ? null : new JsonObject { ["name"] = name, ["kind"] = kind };
        if (cause is { } known)
        {
            details!["causes"] = new JsonArray(
                new JsonObject { ["reason"] = known.Reason, ["field"] = known.Field, ["message"] = "vendor text" });
        }

        return Json(code, new JsonObject
        {
            ["kind"] = "Status",
            ["apiVersion"] = "v1",
            ["metadata"] = new JsonObject(),
            ["status"] = "Failure",
            ["message"] = $"vendor text about {name}",
            ["reason"] = reason,
            ["details"] = details,
            ["code"] = code,
        });
    }

    private static FakeAnswer? Discovery(string path) => path switch
    {
        "/version" => new(200, """{"major":"1","minor":"36","gitVersion":"v1.36.0-fake","platform":"linux/amd64"}"""),
        "/api" => new(200, """{"kind":"APIVersions","versions":["v1"],"serverAddressByClientCIDRs":[]}"""),
        "/apis" => new(200, """{"kind":"APIGroupList","apiVersion":"v1","groups":[]}"""),
        "/api/v1" => new(200, """
            {"kind":"APIResourceList","groupVersion":"v1","resources":[{"name":"secrets","singularName":"secret","namespaced":true,
            "kind":"Secret","verbs":["create","delete","get","list","patch"]}]}
            """),
        _ => null,
    };

    private static FakeAnswer Json(int status, JsonObject body) => new(status, body.ToJsonString(JsonSerializerOptions.Default));
}

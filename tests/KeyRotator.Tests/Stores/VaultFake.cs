using System.Text.Json;
using System.Text.Json.Nodes;
using KeyRotator.Tests.Support;

namespace KeyRotator.Tests.Stores;

/// <summary>Vault's HTTP API with one key-value engine at <c>secret/</c>, as the vendor's pages and the engine's sources say.</summary>
/// <remarks>API: https://developer.hashicorp.com/vault/api-docs/secret/kv/kv-v2 and …/kv-v1. Answers of refusal: path_data.go (400 for a
/// lost condition, 404 with metadata for what is deleted), passthrough.go (204), logical_system.go (preflight of the mounts'
/// endpoint).</remarks>
public sealed partial class VaultFake : FakeStoreServer
{
    /// <summary>Secrets by path below the mount.</summary>
    public Dictionary<string, Kept> Secrets { get; } = new(StringComparer.Ordinal);

    /// <summary>Version of the engine.</summary>
    public int EngineVersion { get; set; } = 2;

    /// <summary>Whether values, and metadata, may be read.</summary>
    public bool MayRead { get; set; } = true;

    /// <summary>Whether values may be written.</summary>
    public bool MayWrite { get; set; } = true;

    /// <summary>Whether secrets may be removed with all that belongs to them.</summary>
    public bool MayRemove { get; set; } = true;

    /// <summary>Whether metadata may be written.</summary>
    public bool MayTag { get; set; } = true;

    /// <summary>Whether folders may be listed.</summary>
    public bool MayList { get; set; } = true;

    /// <summary>Folders that may not be listed.</summary>
    public HashSet<string> Hidden { get; } = [];

    /// <summary>Whether the server knows PATCH; servers before 1.9 do not.</summary>
    public bool KnowsPatch { get; set; } = true;

    /// <summary>Answers in place of all others, or null: sealed, a standby.</summary>
    public Func<FakeRequest, FakeAnswer?>? Instead { get; set; }

    /// <summary>Adds a version of a secret; text that is no object becomes the field <c>value</c>.</summary>
    public void Add(string path, string text)
    {
        if (!Secrets.TryGetValue(path, out var kept))
        {
            Secrets[path] = kept = new();
        }

        kept.Versions.Add(new(IsObject(text) ? text : $$"""{"value":{{JsonSerializer.Serialize(text)}} }"""));
        kept.Drop(10);
    }

    /// <summary>The bytes of an object are kept as they are, also where a real server would have put them in order.</summary>
    public static bool IsObject(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = 100_000 });
            return document.RootElement.ValueKind is JsonValueKind.Object;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    protected override FakeAnswer Answer(FakeRequest request)
    {
        var path = string.Join('/', request.Path.Split('/').Select(Uri.UnescapeDataString))["/v1/".Length..];
        return Instead?.Invoke(request) ?? Open(request, path) ?? Refused(request) ?? Inside(request, path);
    }

    private FakeAnswer Inside(FakeRequest request, string path) => path.Split('/', 3) switch
    {
        ["sys", "internal", _] => Mounts(path["sys/internal/ui/mounts".Length..].Trim('/')),
        ["sys", "capabilities-self", ..] => Capabilities(request),
        ["auth", "token", "lookup-self"] => LookUp(request),
        ["auth", "token", "renew-self"] => Renew(request),
        ["secret", ..] when EngineVersion == 1 => Plain(request, path["secret/".Length..]),
        ["secret", "data", var name] => Data(request, name),
        ["secret", "metadata", var name] => Metadata(request, name),
        ["secret", "destroy", var name] => Destroy(request, name),
        ["secret", ..] => new(404, """{"request_id":"r","data":null,"warnings":["Invalid path for a versioned K/V secrets engine. See the API docs for the appropriate API endpoints to use."]}"""),
        _ => Errors(404, $"no handler for route \"{path}\". route entry not found."),
    };

    private FakeAnswer Mounts(string path)
    {
        var mount = $$"""{"path":"secret/","type":"kv","options":{{(EngineVersion == 1 ? "null" : """{"version":"2"}""")}} }""";
        return path.Length == 0
            ? Ok($$"""{"auth":{},"secret":{"cubbyhole/":{"type":"cubbyhole","options":null},"secret/":{{mount}} } }""")
            : path == "secret" || path.StartsWith("secret/", StringComparison.Ordinal) ? Ok(mount)
            : path.StartsWith("cubbyhole", StringComparison.Ordinal) ? Ok("""{"path":"cubbyhole/","type":"cubbyhole","options":null}""")
            : Errors(403, $"preflight capability check returned 403, please ensure client's policies grant access to path \"{path}/\"");
    }

    private FakeAnswer Plain(FakeRequest request, string name)
    {
        switch (request.Method)
        {
            case "LIST" or "GET" when IsList(request):
                return List(name);
            case "GET" when !MayRead:
            case "POST" or "PUT" when !MayWrite:
                return Denied();
            case "GET":
                return Secrets.TryGetValue(name, out var kept)
                    ? new(200, $$"""{"request_id":"r","lease_duration":2764800,"data":{{kept.Latest.Fields}} }""")
                    : Errors(404);
            case "POST" or "PUT":
                Secrets[name] = new() { Versions = { new(request.Text) } };
                return new(204);
            case "DELETE":
                return Remove(name);
            default:
                return Errors(405, "unsupported operation");
        }
    }

    private FakeAnswer Data(FakeRequest request, string name) => request.Method switch
    {
        "GET" => MayRead ? Get(request, name) : Denied(),
        "POST" or "PUT" => MayWrite ? Write(request, name, isPatch: false) : Denied(),
        "PATCH" when !KnowsPatch => Errors(405, "unsupported operation"),
        "PATCH" when request.Headers["Content-Type"] != "application/merge-patch+json" => Errors(415),
        "PATCH" => MayWrite ? Write(request, name, isPatch: true) : Denied(),
        _ => Errors(405, "unsupported operation"),
    };

    private FakeAnswer Get(FakeRequest request, string name)
    {
        if (!Secrets.TryGetValue(name, out var kept) || kept.Versions.Count == 0)
        {
            return Errors(404);
        }

        var number = request.Query.StartsWith("?version=", StringComparison.Ordinal) ? int.Parse(request.Query[9..], null) : kept.Current;
        if (kept.At(number) is not { } version)
        {
            return Errors(404);
        }

        var custom = kept.Custom.Count == 0 ? "null" : JsonSerializer.Serialize(kept.Custom);
        var metadata = $$"""{ {{version.State(number)}},"custom_metadata":{{custom}} }""";
        return version.IsGone
            ? new(404, $$"""{"request_id":"r","data":{"data":null,"metadata":{{metadata}} } }""")
            : Ok($$"""{"data":{{version.Fields}},"metadata":{{metadata}} }""");
    }

    private FakeAnswer Write(FakeRequest request, string name, bool isPatch)
    {
        using var body = JsonDocument.Parse(request.Body);
        var kept = Secrets.GetValueOrDefault(name) ?? new();
        if (body.RootElement.GetProperty("options").GetProperty("cas").GetInt32() != kept.Current)
        {
            return Errors(400, "check-and-set parameter did not match the current version");
        }

        if (isPatch && (kept.Current == 0 || kept.Latest.IsGone))
        {
            return Errors(404);
        }

        var data = body.RootElement.GetProperty("data");
        Secrets[name] = kept;
        kept.Versions.Add(new(isPatch ? Merge(kept.Latest.Fields, data) : data.GetRawText()));
        kept.Drop(10);
        return Ok($$"""{ {{kept.Latest.State(kept.Current)}},"custom_metadata":null}""");
    }

    // RFC 7396; other members keep their text.
    private static string Merge(string fields, JsonElement patch)
    {
        using var before = JsonDocument.Parse(fields);
        var changes = patch.EnumerateObject().ToDictionary(member => member.Name, member => member.Value.GetRawText());
        var kept = before.RootElement.EnumerateObject().Where(member => !changes.ContainsKey(member.Name))
            .Select(member => (member.Name, Raw: member.Value.GetRawText()));
        var members = kept.Concat(changes.Where(change => change.Value != "null").Select(change => (Name: change.Key, Raw: change.Value)));
        return "{" + string.Join(",", members.Select(member => $"{JsonSerializer.Serialize(member.Name)}:{member.Raw}")) + "}";
    }

    private FakeAnswer Metadata(FakeRequest request, string name)
    {
        switch (request.Method)
        {
            case "LIST" or "GET" when IsList(request):
                return List(name);
            case "GET":
                return !MayRead ? Denied() : Secrets.TryGetValue(name, out var known) ? Ok(known.Describe()) : Errors(404);
            case "DELETE":
                return Remove(name);
            case "PATCH" or "POST" or "PUT" when !MayTag:
                return Denied();
            case "PATCH" when !KnowsPatch:
                return Errors(405, "unsupported operation");
            case "PATCH" when !Secrets.ContainsKey(name):
                return Errors(404);
            case "PATCH" or "POST" or "PUT":
                return Tag(request, Secrets.TryGetValue(name, out var kept) ? kept : Secrets[name] = new());
            default:
                return Errors(405, "unsupported operation");
        }
    }

    private FakeAnswer Remove(string name)
    {
        if (!MayRemove)
        {
            return Denied();
        }

        Secrets.Remove(name);
        return new(204);
    }

    private static FakeAnswer Tag(FakeRequest request, Kept kept)
    {
        if (request.Method != "PATCH")
        {
            kept.Custom.Clear();
        }

        foreach (var (name, value) in JsonNode.Parse(request.Text)!["custom_metadata"]!.AsObject())
        {
            kept.Custom.Remove(name);
            if (value is not null)
            {
                kept.Custom[name] = value.GetValue<string>();
            }
        }

        return kept.Custom.Any(tag => tag.Value.Length > 512) ? Errors(400, "custom_metadata value too long") : new(204);
    }

    private FakeAnswer Destroy(FakeRequest request, string name)
    {
        foreach (var number in JsonNode.Parse(request.Text)!["versions"]!.AsArray())
        {
            Secrets[name].At(number!.GetValue<int>())!.IsDestroyed = true;
        }

        return new(204);
    }

    private FakeAnswer List(string folder)
    {
        if (!MayList || Hidden.Contains(folder.TrimEnd('/')))
        {
            return Denied();
        }

        var start = folder.Length == 0 ? "" : folder.TrimEnd('/') + "/";
        var keys = Secrets.Keys.Where(path => path.StartsWith(start, StringComparison.Ordinal))
            .Select(path => path[start.Length..].Split('/') is [var only] ? only : path[start.Length..].Split('/')[0] + "/")
            .Distinct().Order(StringComparer.Ordinal).ToList();
        return keys.Count == 0 ? Errors(404) : Ok($$"""{"keys":{{JsonSerializer.Serialize(keys)}} }""");
    }

    private static bool IsList(FakeRequest request) =>
        request.Method == "LIST" || request.Query.Contains("list=true", StringComparison.Ordinal);

    private static FakeAnswer Denied() => Errors(403, "1 error occurred:\n\t* permission denied\n\n");

    private static FakeAnswer Errors(int status, params string[] errors) => new(status, JsonSerializer.Serialize(new { errors }));

    private static FakeAnswer Ok(string data) =>
        new(200, $$"""{"request_id":"r","lease_id":"","renewable":false,"lease_duration":0,"data":{{data}},"wrap_info":null,"warnings":null,"auth":null}""");

    /// <summary>A secret with its versions, of which the oldest may have been dropped.</summary>
    public sealed class Kept
    {
        private int _dropped;

        public List<Version> Versions { get; init; } = [];

        public Dictionary<string, string> Custom { get; } = new(StringComparer.Ordinal);

        public Version Latest => Versions[^1];

        public int Current => _dropped + Versions.Count;

        public Version? At(int number) => number > _dropped && number <= Current ? Versions[number - _dropped - 1] : null;

        public void Drop(int kept)
        {
            for (; Versions.Count > kept; _dropped++)
            {
                Versions.RemoveAt(0);
            }
        }

        public string Describe()
        {
            var versions = Versions.Select((version, index) => $$"""
                "{{_dropped + index + 1}}":{"created_time":"2026-01-02T03:04:05.678901234Z","deletion_time":"{{version.DeletedAt}}","destroyed":{{(version.IsDestroyed ? "true" : "false")}} }
                """);
            return $$"""{"cas_required":false,"current_version":{{Current}},"custom_metadata":{{(Custom.Count == 0 ? "null" : JsonSerializer.Serialize(Custom))}},"max_versions":0,"oldest_version":{{_dropped}},"created_time":"2026-01-02T03:04:05.678901234Z","updated_time":"2026-01-02T03:04:05.678901234Z","delete_version_after":"0s","versions":{ {{string.Join(",", versions)}} } }""";
        }
    }

    /// <summary>One version.</summary>
    public sealed class Version(string fields)
    {
        public string Fields { get; } = fields;

        public string DeletedAt { get; set; } = "";

        public bool IsDestroyed { get; set; }

        public bool IsGone => IsDestroyed || DeletedAt.Length > 0;

        public string State(int number) =>
            $"\"version\":{number},\"created_time\":\"2026-01-02T03:04:05.678901234Z\",\"deletion_time\":\"{DeletedAt}\",\"destroyed\":{(IsDestroyed ? "true" : "false")}";
    }
}

using System.Text;
using System.Text.Json.Nodes;
using KeyRotator.Tests.Support;

namespace KeyRotator.Tests.Stores;

/// <summary>AWS Secrets Manager, as its API Reference tells (read 2026-11): JSON 1.1, one POST for each call, errors by
/// <c>__type</c>, nearly all of them with status 400.</summary>
public sealed class AwsSecretsManagerFake : FakeStoreServer
{
    public const string Region = "eu-central-1";

    private const string Current = "AWSCURRENT";
    private const string Previous = "AWSPREVIOUS";

    private readonly Dictionary<string, AwsFakeSecret> _secrets = [];

    /// <summary>Actions that the policy does not allow.</summary>
    public HashSet<string> Denied { get; } = [];

    /// <summary>The next answers, as errors of these types, whatever is called.</summary>
    public Queue<string> NextErrors { get; } = new();

    /// <summary>Most entries of a page, whatever was asked for.</summary>
    public int PageSize { get; set; } = 100;

    /// <summary>What the service's clock shows.</summary>
    public DateTimeOffset Now { get; set; } = new(2026, 11, 21, 10, 0, 0, TimeSpan.Zero);

    /// <summary>Actions called so far, oldest first.</summary>
    public IReadOnlyList<string> Actions => [.. Requests.Select(request => request.Headers["X-Amz-Target"].Split('.')[1])];

    /// <summary>A secret, to look at or to change.</summary>
    public AwsFakeSecret? Find(string id) =>
        _secrets.Values.FirstOrDefault(secret => secret.Name == id || secret.Arn == id);

    /// <summary>Adds a secret with a current version, without any call.</summary>
    public AwsFakeSecret Add(string name, string? text)
    {
        var secret = _secrets[name] = new() { Name = name, Arn = $"arn:aws:secretsmanager:{Region}:123456789012:secret:{name}-a1B2c3" };
        if (text is not null)
        {
            Make(secret, Guid.NewGuid().ToString(), JsonValue.Create(text), null, [Current]);
        }

        return secret;
    }

    /// <summary>Adds a version with these labels, without any call.</summary>
    public AwsFakeVersion Make(AwsFakeSecret secret, string id, JsonNode? text, JsonNode? binary, IReadOnlyList<string> labels)
    {
        var version = secret.Versions[id] = new() { Text = text?.GetValue<string>(), Binary = binary?.GetValue<string>(), CreatedAt = Now };
        foreach (var label in labels)
        {
            Move(secret, label, id);
        }

        return version;
    }

    protected override FakeAnswer Answer(FakeRequest request)
    {
        var action = request.Headers["X-Amz-Target"].Split('.')[1];
        if (NextErrors.TryDequeue(out var type))
        {
            return Error(type);
        }

        var isSigned = request.Headers.TryGetValue("Authorization", out var signature)
            && signature.Contains($"/{Region}/secretsmanager/aws4_request", StringComparison.Ordinal);
        if (!isSigned)
        {
            return Error("MissingAuthenticationTokenException");
        }

        return Denied.Contains(action) ? Error("AccessDeniedException") : Do(action, JsonNode.Parse(request.Text)!.AsObject());
    }

    private FakeAnswer Do(string action, JsonObject call) => action switch
    {
        "CreateSecret" => Create(call),
        "ListSecrets" => List(call),
        "BatchGetSecretValue" => Batch(call),
        _ => Find(Text(call, "SecretId")!) is { } secret ? DoWith(secret, action, call) : Error("ResourceNotFoundException"),
    };

    private FakeAnswer DoWith(AwsFakeSecret secret, string action, JsonObject call) => action switch
    {
        "DescribeSecret" => Ok(Describe(secret)),
        "GetSecretValue" => Get(secret, Text(call, "VersionId"), Text(call, "VersionStage")),
        "ListSecretVersionIds" => Versions(secret, call),
        "PutSecretValue" or "UpdateSecretVersionStage" or "TagResource" or "UntagResource" when secret.IsReplica =>
            Error("InvalidParameterException"),
        "PutSecretValue" or "UpdateSecretVersionStage" when secret.DeletedAt is not null || secret.OwningService is not null =>
            Error("InvalidRequestException"),
        "PutSecretValue" => Put(secret, call),
        "UpdateSecretVersionStage" =>
            Update(secret, Text(call, "VersionStage")!, Text(call, "RemoveFromVersionId"), Text(call, "MoveToVersionId")),
        "DeleteSecret" when secret.IsReplica || secret.OwningService is not null => Error("InvalidRequestException"),
        "DeleteSecret" => Delete(secret, call["ForceDeleteWithoutRecovery"]?.GetValue<bool>() == true),
        "TagResource" => Tag(secret, call),
        "UntagResource" => Untag(secret, call),
        _ => Error("UnknownOperationException"),
    };

    // "If a version with this value already exists and … the values are the same as those in the request, then the request is ignored."
    private FakeAnswer Create(JsonObject call)
    {
        var (name, token) = (Text(call, "Name")!, Text(call, "ClientRequestToken")!);
        if (Fault(call) is { } fault)
        {
            return fault;
        }

        if (Find(name) is { } existing && !(existing.Versions.TryGetValue(token, out var version) && version.IsSame(call)))
        {
            return Error("ResourceExistsException");
        }

        var secret = Find(name) ?? Add(name, null);
        if (secret.Versions.Count == 0)
        {
            Make(secret, token, call["SecretString"], call["SecretBinary"], [Current]);
        }

        return Ok(new() { ["ARN"] = secret.Arn, ["Name"] = name, ["VersionId"] = token });
    }

    // "If this operation creates the first version for the secret, then Secrets Manager automatically attaches AWSCURRENT."
    private FakeAnswer Put(AwsFakeSecret secret, JsonObject call)
    {
        var token = Text(call, "ClientRequestToken")!;
        if (Fault(call) is { } fault)
        {
            return fault;
        }

        if (secret.Versions.TryGetValue(token, out var known))
        {
            return known.IsSame(call) ? Ok(PutAnswer(secret, token)) : Error("ResourceExistsException");
        }

        var labels = call["VersionStages"]?.AsArray().Select(label => label!.GetValue<string>()).ToList() ?? [Current];
        if (secret.Versions.Count == 0 && !labels.Contains(Current))
        {
            labels.Add(Current);
        }

        Make(secret, token, call["SecretString"], call["SecretBinary"], labels);
        return Ok(PutAnswer(secret, token));
    }

    private static JsonObject PutAnswer(AwsFakeSecret secret, string token) => new()
    {
        ["ARN"] = secret.Arn,
        ["Name"] = secret.Name,
        ["VersionId"] = token,
        ["VersionStages"] = Array(secret.Versions[token].Labels),
    };

    private static FakeAnswer? Fault(JsonObject call)
    {
        var isToken = Text(call, "ClientRequestToken")?.Length is >= 32 and <= 64;
        var length = Text(call, "SecretString") is { } text
            ? Encoding.UTF8.GetByteCount(text)
            : Convert.FromBase64String(Text(call, "SecretBinary")!).Length;
        return isToken && length is >= 1 and <= 65536 ? null : Error("ValidationException");
    }

    private FakeAnswer Get(AwsFakeSecret secret, string? id, string? label)
    {
        if (id is not null && id.Length is < 32 or > 64)
        {
            return Error("ValidationException");
        }

        if (secret.DeletedAt is not null)
        {
            return Error("InvalidRequestException");
        }

        var wanted = id is null ? secret.Holder(label ?? Current) : secret.Versions.ContainsKey(id) ? id : null;
        return wanted is null || (label is not null && !secret.Versions[wanted].Labels.Contains(label))
            ? Error("ResourceNotFoundException")
            : Read(secret, wanted);
    }

    private FakeAnswer Read(AwsFakeSecret secret, string id)
    {
        secret.Versions[id].LastReadAt = Now;
        return Ok(Value(secret, id));
    }

    // "The date that this version of the secret was last accessed", by day; never accessed: absent.
    private static JsonObject Shown(string id, AwsFakeVersion version)
    {
        var shown = new JsonObject
        {
            ["VersionId"] = id,
            ["VersionStages"] = Array(version.Labels),
            ["CreatedDate"] = Seconds(version.CreatedAt),
        };
        if (version.LastReadAt is { } read)
        {
            shown["LastAccessedDate"] = Seconds(new DateTimeOffset(read.UtcDateTime.Date, TimeSpan.Zero));
        }

        return shown;
    }


    private static JsonObject Value(AwsFakeSecret secret, string id)
    {
        var version = secret.Versions[id];
        var value = new JsonObject
        {
            ["ARN"] = secret.Arn,
            ["Name"] = secret.Name,
            ["VersionId"] = id,
            ["VersionStages"] = Array(version.Labels),
            ["CreatedDate"] = Seconds(version.CreatedAt),
        };
        value[version.Text is null ? "SecretBinary" : "SecretString"] = version.Text ?? version.Binary;
        return value;
    }

    private FakeAnswer Batch(JsonObject call)
    {
        var ids = call["SecretIdList"]!.AsArray().Select(id => id!.GetValue<string>()).ToList();
        if (ids.Count > 20)
        {
            return Error("InvalidParameterException");
        }

        var (values, errors) = (new JsonArray(), new JsonArray());
        foreach (var id in ids)
        {
            var answer = Denied.Contains("GetSecretValue") ? Error("AccessDeniedException")
                : Find(id) is { } secret ? Get(secret, null, null) : Error("ResourceNotFoundException");
            var body = JsonNode.Parse(answer.Body)!;
            if (answer.Status == 200)
            {
                values.Add(body);
            }
            else
            {
                errors.Add(new JsonObject { ["SecretId"] = id, ["ErrorCode"] = body["__type"]!.DeepClone(), ["Message"] = "…" });
            }
        }

        return Ok(new() { ["SecretValues"] = values, ["Errors"] = errors });
    }

    // "If the staging label is already attached to a different version … you must also specify RemoveFromVersionId." Both failures are
    // InvalidParameterException.
    private static FakeAnswer Update(AwsFakeSecret secret, string label, string? from, string? to)
    {
        if (secret.Holder(label) != from || (to is null && from is null))
        {
            return Error("InvalidParameterException");
        }

        if (from is null && secret.Versions.Values.Sum(version => version.Labels.Count) >= 20)
        {
            return Error("LimitExceededException");
        }

        if (to is not null && !secret.Versions.ContainsKey(to))
        {
            return Error("ResourceNotFoundException");
        }

        Move(secret, label, to);
        return Ok(new() { ["ARN"] = secret.Arn, ["Name"] = secret.Name });
    }

    private static void Move(AwsFakeSecret secret, string label, string? to)
    {
        var from = secret.Holder(label);
        foreach (var version in secret.Versions.Values)
        {
            version.Labels.Remove(label);
        }

        if (to is not null)
        {
            secret.Versions[to].Labels.Add(label);
        }

        if (label == Current && from is not null)
        {
            Move(secret, Previous, from);
        }
    }

    private static JsonObject Describe(AwsFakeSecret secret)
    {
        var answer = new JsonObject
        {
            ["ARN"] = secret.Arn,
            ["Name"] = secret.Name,
            ["CreatedDate"] = 1767225600.123,
            ["LastAccessedDate"] = secret.LastReadAt is { } read ? Seconds(read) : null,
            ["DeletedDate"] = secret.DeletedAt is { } deleted ? Seconds(deleted) : null,
            ["OwningService"] = secret.OwningService,
            ["RotationEnabled"] = secret.IsRotated ? true : null,
            ["PrimaryRegion"] = secret.IsReplica ? "us-east-1" : null,
            ["Tags"] = Tags(secret),
            ["VersionIdsToStages"] = Labels(secret),
        };
        foreach (var absent in answer.Where(member => member.Value is null).Select(member => member.Key).ToList())
        {
            answer.Remove(absent);
        }

        return answer;
    }

    private FakeAnswer List(JsonObject call)
    {
        var filters = call["Filters"]?.AsArray().Select(filter => (Key: Text(filter!.AsObject(), "Key")!, Value: filter["Values"]![0]!.GetValue<string>())) ?? [];
        var all = _secrets.Values.Where(secret => secret.DeletedAt is null && filters.All(filter => IsMet(secret, filter.Key, filter.Value)));
        var ordered = Text(call, "SortOrder") == "asc" ? all : all.Reverse();
        return Page(call, "SecretList", [.. ordered.Select(secret => new JsonObject
        {
            ["ARN"] = secret.Arn, ["Name"] = secret.Name, ["Tags"] = Tags(secret), ["SecretVersionsToStages"] = Labels(secret),
        })]);
    }

    // "Prefix match, case-sensitive", each of them; "!" in front negates.
    private static bool IsMet(AwsFakeSecret secret, string filter, string text)
    {
        bool Begins(string value) => value.StartsWith(text.TrimStart('!'), StringComparison.Ordinal);
        var isMet = filter switch
        {
            "name" => Begins(secret.Name),
            "tag-key" => secret.Tags.Keys.Any(Begins),
            "tag-value" => secret.Tags.Values.Any(Begins),
            _ => throw new InvalidOperationException(filter),
        };
        return isMet != text.StartsWith('!');
    }

    private FakeAnswer Versions(AwsFakeSecret secret, JsonObject call)
    {
        var all = call["IncludeDeprecated"]?.GetValue<bool>() == true;
        var shown = secret.Versions.Where(version => all || version.Value.Labels.Count > 0);
        return Page(call, "Versions", [.. shown.Select(version => Shown(version.Key, version.Value))]);
    }

    private FakeAnswer Page(JsonObject call, string name, IReadOnlyList<JsonObject> entries)
    {
        var from = int.Parse(Text(call, "NextToken") ?? "0", null);
        var size = Math.Min(PageSize, call["MaxResults"]?.GetValue<int>() ?? 100);
        var page = new JsonObject { [name] = new JsonArray([.. entries.Skip(from).Take(size)]) };
        if (from + size < entries.Count)
        {
            page["NextToken"] = $"{from + size}";
        }

        return Ok(page);
    }

    private FakeAnswer Delete(AwsFakeSecret secret, bool isForced)
    {
        secret.DeletedAt = Now;
        if (isForced)
        {
            _secrets.Remove(secret.Name);
        }

        return Ok(new() { ["ARN"] = secret.Arn, ["Name"] = secret.Name, ["DeletionDate"] = Seconds(Now) });
    }

    private static FakeAnswer Tag(AwsFakeSecret secret, JsonObject call)
    {
        foreach (var tag in call["Tags"]!.AsArray())
        {
            secret.Tags[tag!["Key"]!.GetValue<string>()] = tag["Value"]!.GetValue<string>();
        }

        return new(200, "", "application/x-amz-json-1.1");
    }

    private static FakeAnswer Untag(AwsFakeSecret secret, JsonObject call)
    {
        foreach (var key in call["TagKeys"]!.AsArray())
        {
            secret.Tags.Remove(key!.GetValue<string>());
        }

        return new(200, "", "application/x-amz-json-1.1");
    }

    private static JsonObject Labels(AwsFakeSecret secret) =>
        new(secret.Versions.Where(version => version.Value.Labels.Count > 0)
            .Select(version => KeyValuePair.Create(version.Key, (JsonNode?)Array(version.Value.Labels))));

    private static JsonArray Tags(AwsFakeSecret secret) =>
        new([.. secret.Tags.Select(tag => new JsonObject { ["Key"] = tag.Key, ["Value"] = tag.Value })]);

    private static JsonArray Array(IEnumerable<string> texts) => new([.. texts.Select(text => JsonValue.Create(text))]);

    private static double Seconds(DateTimeOffset time) => time.ToUnixTimeMilliseconds() / 1000.0;

    private static string? Text(JsonObject call, string name) => call[name]?.GetValue<string>();

    private static FakeAnswer Ok(JsonObject body) => new(200, body.ToJsonString(), "application/x-amz-json-1.1");

    private static FakeAnswer Error(string type) =>
        new(400, $$"""{"__type":"{{type}}","Message":"vendor text that is never shown"}""", "application/x-amz-json-1.1");
}

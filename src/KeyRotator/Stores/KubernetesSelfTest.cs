using System.Text.Json;
using KeyRotator.Keys;

namespace KeyRotator.Stores;

/// <summary>Tries what a check of keys in Kubernetes needs, and asks the API server what else the identity may do.</summary>
internal sealed class KubernetesSelfTest(KubernetesApi api, KubernetesSecrets secrets, StoreTestRun run)
{
    private static readonly string[] s_verbs = ["get", "patch", "create"];

    /// <summary>Runs the steps; the ones behind a failing connection are left out.</summary>
    public async Task<IReadOnlyList<StoreTestStep>> RunAsync(IReadOnlyList<SecretLocation> declared, CancellationToken cancellationToken)
    {
        if (await run.TryAsync("reach the API server", () => ReachAsync(cancellationToken)))
        {
            await run.TryAsync("identity", () => WhoAsync(cancellationToken));
            await run.TryAsync("list secrets", () => ListAsync(cancellationToken));
            _ = declared.Count == 0
                ? await run.JudgeAsync("rights", () => RightsAsync(cancellationToken))
                : await run.TryAsync("rights to write", () => WritingAsync(declared, cancellationToken));
        }

        return run.Steps;
    }

    // The version is public by default; where it is not, even a refusal shows that the server was reached.
    private async Task<string> ReachAsync(CancellationToken cancellationToken)
    {
        var call = new KubernetesCall("get", "test", HttpMethod.Get, "/version");
        using var answer = await api.SendAsync(call, cancellationToken);
        if ((int)answer.Status is 401 or 403)
        {
            return "it answers";
        }

        return $"version {api.Take(call, answer, static body => Text(body, "gitVersion"))}";
    }

    private async Task<string> WhoAsync(CancellationToken cancellationToken)
    {
        var call = Review("authentication.k8s.io", "SelfSubjectReview", static _ => { });
        using var answer = await api.SendAsync(call, cancellationToken);
        return (int)answer.Status == 404
            ? "not told: the server is older than 1.28"
            : api.Take(call, answer, static body => Text(body, "status", "userInfo", "username"));
    }

    private async Task<string> ListAsync(CancellationToken cancellationToken)
    {
        var ns = api.Open("test", null).Namespace;
        var page = await secrets.PageAsync(ns, "", 1, "", cancellationToken);
        return $"namespace {ns}: {(page.Items.Count == 0 ? "no secrets yet" : "secrets are listed")}";
    }

    private async Task<(bool Passed, string Message)> RightsAsync(CancellationToken cancellationToken)
    {
        var ns = api.Open("test", null).Namespace;
        var missing = new List<string>();
        foreach (var verb in s_verbs)
        {
            if (!await MayAsync(verb, new(ns, ""), cancellationToken))
            {
                missing.Add(verb);
            }
        }

        return missing.Count == 0
            ? (true, $"{string.Join(", ", s_verbs)} secrets in namespace {ns}")
            : (!missing.Contains("get"), $"missing for the whole namespace {ns}: {string.Join(", ", missing)} secrets; "
                + "patch and create are for writing; rights on single names are not seen here, for none is declared");
    }

    // Name by name, as a Role of least rights gives them. Reading is not asked about: it is tried.
    private async Task<string> WritingAsync(IReadOnlyList<SecretLocation> declared, CancellationToken cancellationToken)
    {
        var ns = api.Open("test", null).Namespace;
        var missing = new List<string>();
        var targets = declared.Select(location => KubernetesNames.Split(location.Name, ns)).Distinct().ToList();
        foreach (var target in targets)
        {
            if (!await MayAsync("patch", target, cancellationToken))
            {
                missing.Add(Shown(target));
            }
        }

        return missing.Count == 0
            ? $"patch on {string.Join(", ", targets.Select(Shown))}"
            : $"for writing is missing: patch on {string.Join(", ", missing)}";
    }

    private static string Shown(KubernetesTarget target) => $"{target.Namespace}/{target.Name}";

    /// <summary>Whether it is allowed on a Secret, or on all of a namespace where the target has no name.</summary>
    private async Task<bool> MayAsync(string verb, KubernetesTarget target, CancellationToken cancellationToken)
    {
        var call = Review("authorization.k8s.io", "SelfSubjectAccessReview", json =>
        {
            json.WriteStartObject("spec");
            json.WriteStartObject("resourceAttributes");
            json.WriteString("namespace", target.Namespace);
            if (target.Name.Length > 0)
            {
                json.WriteString("name", target.Name);
            }

            json.WriteString("verb", verb);
            json.WriteString("resource", "secrets");
            json.WriteEndObject();
            json.WriteEndObject();
        });
        using var answer = await api.SendAsync(call, cancellationToken);
        return api.Take(call, answer, static body => Flag(body)) == true.ToString();
    }

    private static KubernetesCall Review(string group, string kind, Action<Utf8JsonWriter> members) =>
        new("create", "test", HttpMethod.Post, $"/apis/{group}/v1/{kind.ToLowerInvariant()}s")
        {
            Body = KubernetesJson.Write(1024, json =>
            {
                json.WriteString("apiVersion", $"{group}/v1");
                json.WriteString("kind", kind);
                members(json);
            }),
        };

    private static string? Text(ReadOnlyMemory<byte> body, params string[] path)
    {
        using var document = KubernetesJson.Parse(body);
        var element = document?.RootElement ?? default;
        foreach (var member in path[..^1])
        {
            element = element.ValueKind == JsonValueKind.Object && element.TryGetProperty(member, out var inner) ? inner : default;
        }

        return KubernetesJson.Text(element, path[^1]) is { } text
            && text.All(static character => character is >= ' ' and <= '~') ? text : null;
    }

    private static string? Flag(ReadOnlyMemory<byte> body)
    {
        using var document = KubernetesJson.Parse(body);
        return document?.RootElement is { } root && root.TryGetProperty("status", out var status)
            && status.ValueKind == JsonValueKind.Object
            && status.TryGetProperty("allowed", out var allowed) && allowed.ValueKind is JsonValueKind.True or JsonValueKind.False
            ? (allowed.ValueKind == JsonValueKind.True).ToString()
            : null;
    }
}

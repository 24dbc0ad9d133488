using System.Text.Json;
using KeyRotator.Keys;

namespace KeyRotator.Stores;

/// <summary>Tries what a check and a rotation need of Vault, changing nothing: the server, the token, the engine, listing, and the
/// policy.</summary>
internal sealed class VaultSelfTest(VaultApi api, VaultEngines engines, VaultTree tree, StoreTestRun run)
{
    private const string Test = "test";

    private const string NoToken =
        "the token is not accepted: it has expired or was revoked, or is of another server or `namespace`; get a new one (`vault login`).";

    private static readonly string[] s_read = ["read"];
    private static readonly string[] s_write = ["create", "update"];

    /// <summary>The steps that were tried; what cannot work after a failed one is left out.</summary>
    public async Task<IReadOnlyList<StoreTestStep>> RunAsync(IReadOnlyList<SecretLocation> declared, CancellationToken cancellationToken)
    {
        _ = await run.JudgeAsync("reach the server", () => HealthAsync(cancellationToken))
            && await run.JudgeAsync("show the token", () => IdentityAsync(cancellationToken))
            && await TryEnginesAsync(declared, cancellationToken);
        return run.Steps;
    }

    private async Task<bool> TryEnginesAsync(IReadOnlyList<SecretLocation> declared, CancellationToken cancellationToken)
    {
        IReadOnlyList<VaultEngine> found = [];
        var isFound = await run.JudgeAsync("find the engine", async () =>
        {
            found = await engines.AllAsync(Test, "", cancellationToken);
            var contradiction = await engines.ContradictionAsync(Test, null, cancellationToken);
            return contradiction is not null || found.Count == 0
                ? (false, contradiction ?? "no key-value engine is to be seen: check `namespace` and the policy")
                : (true, string.Join(", ", found.Select(engine => $"{engine.Mount} has version {engine.Version}")));
        });
        foreach (var engine in isFound ? found : [])
        {
            string? listed = null;
            await run.JudgeAsync($"list {engine.Mount}", async () => (listed = await FirstAsync(engine, cancellationToken)) is null
                ? (true, "no secret is there yet")
                : (true, "secrets can be listed"));
            var example = PathIn(engine, declared) ?? listed;
            if (example is not null)
            {
                await run.JudgeAsync($"permissions in {engine.Mount}", () => PolicyAsync(engine, example, cancellationToken));
            }
        }

        return isFound;
    }

    // The parameters have every state answer with success and a body; https://developer.hashicorp.com/vault/api-docs/system/health.
    private async Task<(bool Passed, string Message)> HealthAsync(CancellationToken cancellationToken)
    {
        var request = new VaultRequest(Test, null, HttpMethod.Get, "sys/health")
        {
            Query = "?standbyok=true&perfstandbyok=true&sealedcode=200&uninitcode=200&drsecondarycode=200",
            IsOfRoot = true,
        };
        using var answer = await api.SendAsync(request, cancellationToken);
        using var document = VaultWire.Parse(answer.Body);
        var health = VaultWire.Of(document);
        if (health.Flag("sealed") || (int)answer.Status == 503)
        {
            return (false, "the server is sealed: unseal it");
        }

        if (health.Member("initialized", JsonValueKind.False) is not null || (int)answer.Status == 501)
        {
            return (false, "the server is not initialised: run `vault operator init`");
        }

        return !health.Flag("initialized") ? throw api.Fail(request, answer)
            : health.Text("replication_dr_mode") is "secondary" ? (false, "it is a disaster recovery secondary: give the primary's address")
            : health.Flag("standby") || health.Flag("performance_standby") ? (true, "it is a standby; it hands calls on")
            : (true, "it is active");
    }

    private async Task<(bool Passed, string Message)> IdentityAsync(CancellationToken cancellationToken)
    {
        var request = new VaultRequest(Test, null, HttpMethod.Get, "auth/token/lookup-self");
        using var answer = await api.SendAsync(request, cancellationToken);
        using var document = VaultWire.Parse(answer.Body);
        var data = answer.IsSuccess ? VaultWire.Of(document).Member("data") : null;
        if (data is null)
        {
            throw (int)answer.Status == 403 ? api.Fault(request, isTransient: false, NoToken) : api.Fail(request, answer);
        }

        var ttl = data.Number("ttl") is { } seconds and > 0 ? $"ends in {TimeSpan.FromSeconds(seconds)}" : "never ends";
        var policies = string.Join(", ", data.List("policies").Take(20).Select(Shown));
        var uses = data.Number("num_uses") is > 0 ? "; it has a limited number of uses, which checks use up" : "";
        return (true, $"{Shown(data.Text("display_name") ?? "unnamed")}, policies {policies}, {ttl}{uses}");
    }

    private string? PathIn(VaultEngine engine, IReadOnlyList<SecretLocation> declared)
    {
        var mount = engines.Mount is null ? engine.Mount + "/" : "";
        return declared.Select(location => location.Name)
            .FirstOrDefault(name => name.Length > mount.Length && name.StartsWith(mount, StringComparison.Ordinal))?[mount.Length..];
    }

    private async Task<string?> FirstAsync(VaultEngine engine, CancellationToken cancellationToken)
    {
        await foreach (var path in tree.ListAsync(engine, "", cancellationToken))
        {
            return path;
        }

        return null;
    }

    private async Task<(bool Passed, string Message)> PolicyAsync(VaultEngine engine, string example, CancellationToken cancellationToken)
    {
        var (data, metadata) = (engine.Data(example), engine.Metadata(example));
        var request = new VaultRequest(Test, null, HttpMethod.Post, "sys/capabilities-self")
        {
            Body = JsonSerializer.SerializeToUtf8Bytes(new { paths = new[] { data, metadata }.Distinct() }),
        };
        using var answer = await api.SendAsync(request, cancellationToken);
        using var document = VaultWire.Parse(answer.Body);
        var root = VaultWire.Of(document);
        if (!answer.IsSuccess || (root.Member("data") ?? root) is not { } held || VaultWire.Member(held, data, JsonValueKind.Array) is null)
        {
            throw api.Fail(request, answer);
        }

        string[] Missing(string path, string[] wanted) =>
            VaultWire.List(held, path) is var has && has.Contains("root") ? [] : [.. wanted.Except(has)];

        string[] ofMetadata = engine.Version == 1 ? [] : ["read", .. s_write];
        string[] unwritable =
        [
            .. Missing(data, s_write) is [_, ..] of ? [VaultPolicy.Stanza(data, of)] : Array.Empty<string>(),
            .. Missing(metadata, ofMetadata) is [_, ..] noted ? [VaultPolicy.Stanza(metadata, noted)] : Array.Empty<string>(),
        ];
        return Missing(data, s_read).Length > 0 ? (false, $"values cannot be read. Missing: {VaultPolicy.Stanza(data, s_read)}")
            : unwritable.Length > 0 ? (true, $"values can be read. For writing is missing: {string.Join(' ', unwritable)}")
            : (true, "values can be read and written");
    }

    // Names that a server gives are shown where they look like names.
    private static string Shown(string name) =>
        name.Length is > 0 and <= 128 && name.All(character => char.IsAsciiLetterOrDigit(character) || "-_.@/: ".Contains(character))
            ? name
            : "(a name of other characters)";
}

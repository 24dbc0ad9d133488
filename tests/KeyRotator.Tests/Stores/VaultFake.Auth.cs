using System.Text.Json;
using System.Text.Json.Nodes;
using KeyRotator.Tests.Support;

namespace KeyRotator.Tests.Stores;

/// <summary>The part on health, tokens and logins.</summary>
/// <remarks>https://developer.hashicorp.com/vault/api-docs/auth/token, …/auth/approle, …/auth/kubernetes, …/auth/jwt,
/// …/system/health.</remarks>
public sealed partial class VaultFake
{
    /// <summary>The token that the tests are given.</summary>
    public const string RootToken = "hvs.root-of-the-fake";

    private static readonly string[] s_policies = ["default", "keyrotator"];

    private int _granted;

    /// <summary>Tokens that are good.</summary>
    public HashSet<string> Tokens { get; } = [RootToken];

    /// <summary>The namespace that everything is in, or null.</summary>
    public string? Namespace { get; set; }

    /// <summary>Whether the server is sealed.</summary>
    public bool IsSealed { get; set; }

    /// <summary>Whether the server is initialised.</summary>
    public bool IsInitialised { get; set; } = true;

    /// <summary>Seconds that a login grants.</summary>
    public int Lease { get; set; } = 3600;

    /// <summary>Seconds that a renewal grants at most.</summary>
    public int MostRenewed { get; set; } = int.MaxValue;

    /// <summary><c>service</c> or <c>batch</c>.</summary>
    public string TokenType { get; set; } = "service";

    /// <summary>Where a login is, and after a space the JSON that it has to bring; null where none is taken.</summary>
    public string? Credentials { get; set; }

    /// <summary>Seconds that <c>lookup-self</c> says are left; 0 for a root token.</summary>
    public int Left { get; set; }

    // What is answered without a token.
    private FakeAnswer? Open(FakeRequest request, string path)
    {
        if (path == "sys/health" && !request.Headers.ContainsKey("X-Vault-Namespace"))
        {
            var body = JsonSerializer.Serialize(
                new { initialized = IsInitialised, @sealed = IsSealed, standby = false, performance_standby = false, version = "1.18.0" });
            return new(request.Query.Contains("sealedcode=200", StringComparison.Ordinal) ? 200 : !IsInitialised ? 501 : IsSealed ? 503 : 200, body);
        }

        if (IsSealed)
        {
            return Errors(503, "Vault is sealed");
        }

        if (Namespace is not null && request.Headers.GetValueOrDefault("X-Vault-Namespace")?.Trim('/') != Namespace)
        {
            return Errors(403, "permission denied");
        }

        return path.EndsWith("/login", StringComparison.Ordinal) ? LogIn(request, path) : null;
    }

    private FakeAnswer? Refused(FakeRequest request)
    {
        var isGood = Tokens.Contains(request.Headers.GetValueOrDefault("X-Vault-Token") ?? "")
            && request.Headers.ContainsKey("X-Vault-Request");
        return isGood ? null : Errors(403, "permission denied");
    }

    private FakeAnswer LogIn(FakeRequest request, string path)
    {
        if (Credentials?.Split(' ', 2) is not [var taken, var body] || path != taken || !JsonNode.DeepEquals(JsonNode.Parse(request.Text), JsonNode.Parse(body)))
        {
            return Errors(400, "invalid role or secret ID");
        }

        var token = $"hvs.granted-{++_granted}";
        Tokens.Add(token);
        return Granted(token, Lease);
    }

    private FakeAnswer Granted(string token, int seconds) => new(200, JsonSerializer.Serialize(new
    {
        request_id = "r",
        auth = new { client_token = token, accessor = "a", policies = s_policies, lease_duration = seconds, renewable = TokenType == "service", token_type = TokenType },
    }));

    private FakeAnswer Renew(FakeRequest request)
    {
        var asked = int.Parse(JsonNode.Parse(request.Text)!["increment"]!.ToString().TrimEnd('s'), null);
        return TokenType == "batch"
            ? Errors(400, "batch tokens cannot be renewed")
            : Granted(request.Headers["X-Vault-Token"], Math.Min(asked, MostRenewed));
    }

    private FakeAnswer LookUp(FakeRequest request) => Ok(JsonSerializer.Serialize(new
    {
        display_name = "approle-keyrotator",
        policies = s_policies,
        ttl = Left,
        renewable = Left > 0,
        type = TokenType,
        num_uses = 0,
        path = request.Path.Length > 0 ? "auth/approle/login" : "",
    }));

    private FakeAnswer Capabilities(FakeRequest request)
    {
        var held = JsonNode.Parse(request.Text)!["paths"]!.AsArray().Select(path => path!.GetValue<string>()).ToDictionary(
            path => path,
            path => (string[])[.. MayRead ? ["read"] : Array.Empty<string>(), .. Allowed(path) ? ["create", "update", "patch"] : Array.Empty<string>()]);
        return Ok(JsonSerializer.Serialize(held));
    }

    private bool Allowed(string path) => path.StartsWith("secret/metadata/", StringComparison.Ordinal) ? MayTag : MayWrite;
}

using System.Text.Json.Nodes;
using KeyRotator.Secrets;

namespace KeyRotator.Configuration;

/// <summary>Shows what is configured of a Vault, secrets redacted.</summary>
internal static class VaultStoreView
{
    /// <summary>The members that differ from their defaults.</summary>
    public static JsonObject Describe(VaultStoreOptions store) => Given(new()
    {
        ["address"] = store.Address?.OriginalString,
        ["namespace"] = store.Namespace,
        ["mount"] = store.Mount,
        ["engineVersion"] = store.EngineVersion,
        ["auth"] = Given(new()
        {
            ["method"] = store.Login is VaultLogin.Token ? null : store.Login.ToString().ToLowerInvariant(),
            ["mount"] = store.LoginMount,
            ["role"] = store.Role,
            ["token"] = Redacted(store.Token),
            ["tokenFile"] = store.TokenFile,
            ["roleId"] = store.RoleId,
            ["secretId"] = Redacted(store.SecretId),
            ["jwtFile"] = store.JwtFile,
        }),
        ["peers"] = new JsonArray([.. store.Peers.Select(peer => JsonValue.Create(peer))]),
        ["ca"] = store.AuthorityFile,
        ["clientCertificate"] = store.CertificateFile,
        ["clientKey"] = store.CertificateKeyFile,
    });

    private static string? Redacted(SecretValue? secret) => secret is null ? null : "[redacted]";

    private static JsonObject Given(JsonObject members)
    {
        var absent = members.Where(member => member.Value is null or JsonArray { Count: 0 } or JsonObject { Count: 0 });
        foreach (var name in absent.Select(member => member.Key).ToList())
        {
            members.Remove(name);
        }

        return members;
    }
}

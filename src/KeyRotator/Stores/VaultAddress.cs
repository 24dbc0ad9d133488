using KeyRotator.Configuration;

namespace KeyRotator.Stores;

/// <summary>Where Vault is, and where it may redirect to.</summary>
internal sealed class VaultAddress(string store, VaultStoreOptions options, Func<string, string?> environment)
{
    /// <summary>The URL of a path of the API. Each part is escaped; a part of dots alone never comes here.</summary>
    /// <exception cref="SecretStoreException">No address is configured.</exception>
    public Uri Of(string path, string query = "") =>
        new($"{Base().AbsoluteUri.TrimEnd('/')}/v1/{string.Join('/', path.Split('/').Select(Uri.EscapeDataString))}{query}");

    /// <summary>Whether a standby may send a call, and the token with it, there: to the configured host and port or a peer, by no weaker
    /// scheme.</summary>
    public bool Allows(Uri target)
    {
        var own = Base();
        return target.Scheme == own.Scheme && target.UserInfo.Length == 0
            && (string.Equals(target.Authority, own.Authority, StringComparison.OrdinalIgnoreCase)
                || options.Peers.Contains($"{target.Host}:{target.Port}", StringComparer.OrdinalIgnoreCase));
    }

    /// <summary>A call is redirected to a host that is not configured.</summary>
    public SecretStoreException Astray() =>
        new(store, "redirect", null, isTransient: false,
            "a standby redirects to a host that is not configured, which is not followed: give the active server's `address`,"
            + " or name the host in `peers`.");

    private Uri Base()
    {
        if (options.Address is { } given)
        {
            return given;
        }

        var text = environment("VAULT_ADDR") ?? environment("BAO_ADDR");
        if (text is null || WebAddress.Read(text) is not { } found)
        {
            throw Fault("there is no address: give `address`, or set VAULT_ADDR or BAO_ADDR to a URL.");
        }

        if (WebAddress.IsLinkLocal(found))
        {
            throw Fault("the environment's address is link-local, as the cloud's metadata service has: set the server's own.");
        }

        return WebAddress.IsExposed(found)
            ? throw Fault("the environment's address is plain http, which is taken to loopback only: set `address` with `allowInsecure`.")
            : found;
    }

    private SecretStoreException Fault(string advice) => new(store, "connect", null, isTransient: false, advice);
}

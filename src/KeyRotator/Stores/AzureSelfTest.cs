using KeyRotator.Keys;
using KeyRotator.Stores.Auth;

namespace KeyRotator.Stores;

/// <summary>Tries what a check of Key Vault needs, changing nothing.</summary>
/// <param name="store">Name of the configured store.</param>
/// <param name="api">The calls.</param>
/// <param name="login">Where access tokens come from.</param>
/// <param name="run">Tries the steps.</param>
internal sealed class AzureSelfTest(string store, AzureKeyVaultApi api, AzureLogin login, StoreTestRun run)
{
    private AzureVersion? _first;

    /// <summary>One step each for identity, listing and reading; the first that fails is the last.</summary>
    public async Task<IReadOnlyList<StoreTestStep>> RunAsync(CancellationToken cancellationToken)
    {
        _ = await run.TryAsync("log in", () => login.IdentityAsync(AzureCloud.ScopeOf(api.Vault), cancellationToken))
            && await run.TryAsync("reach and list", () => ReachAsync(cancellationToken))
            && await run.TryAsync("read", () => ReadAsync(cancellationToken));
        return run.Steps;
    }

    private async Task<string> ReachAsync(CancellationToken cancellationToken)
    {
        var isEmpty = true;
        await foreach (var page in api.ListAsync("test", cancellationToken))
        {
            isEmpty &= page.Count == 0;
            _first ??= page.FirstOrDefault(secret => secret.IsEnabled);
            if (_first is not null)
            {
                break;
            }
        }

        return isEmpty ? $"{api.Vault.Host}: no secret yet" : api.Vault.Host;
    }

    // Key Vault does not tell which permissions there are: only trying does, and a write cannot be tried without one.
    private async Task<string> ReadAsync(CancellationToken cancellationToken)
    {
        if (_first is null)
        {
            return "not tried: there is no secret that is enabled";
        }

        await api.FindAsync(new SecretLocation { Store = store, Name = _first.Name }, null, "test", cancellationToken);
        return $"secret {_first.Name} can be read; writing is not tried, it needs {AzurePermission.Set.DataAction}";
    }
}

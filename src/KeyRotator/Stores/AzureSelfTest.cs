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

    /// <summary>One step each for identity, listing and reading; the first that fails is the last, but for a missing right to list where a
    /// declared secret can be read.</summary>
    public async Task<IReadOnlyList<StoreTestStep>> RunAsync(IReadOnlyList<SecretLocation> declared, CancellationToken cancellationToken)
    {
        _ = await run.TryAsync("log in", () => login.IdentityAsync(AzureCloud.ScopeOf(api.Vault), cancellationToken))
            && (await run.TryAsync("reach and list", () => ReachAsync(cancellationToken)) || run.LacksARightAlone(declared))
            && await run.TryAsync("read", () => ReadAsync(declared, cancellationToken));
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
    private async Task<string> ReadAsync(IReadOnlyList<SecretLocation> declared, CancellationToken cancellationToken)
    {
        var name = declared is [var one, ..] ? one.Name : _first?.Name;
        if (name is null)
        {
            return "not tried: there is no secret that is enabled";
        }

        var found = await api.FindAsync(new SecretLocation { Store = store, Name = name }, null, "test", cancellationToken);
        return $"secret {name} {(found is null ? "is not there" : "can be read")}; writing is not tried, it needs {AzurePermission.Set.DataAction}";
    }
}

using KeyRotator.Configuration.Shapes;
using KeyRotator.Keys;

namespace KeyRotator.Configuration;

/// <summary>What must hold between members: names resolve, addresses are safe, times fit each other.</summary>
internal sealed class SettingsChecks(SettingsDraft draft, SettingsCatalogue catalogue, FaultList faults)
{
    /// <summary>Records every fault there is.</summary>
    public void Run()
    {
        foreach (var (name, entry) in draft.Providers.Where(entry => entry.Value.Value is not null))
        {
            CheckProvider($"providers.{name}", name, entry.Value!, entry.At);
        }

        foreach (var (name, entry) in draft.Stores.Where(entry => entry.Value.Value is not null))
        {
            CheckStore($"stores.{name}", entry.Value!.Remote);
            DiscoverChecks.Run($"stores.{name}", entry.Value!, faults);
        }

        foreach (var (name, entry) in draft.Alerts.Channels)
        {
            if (entry.Value?.Url is { } address && WebAddress.IsLinkLocal(address.Value))
            {
                faults.Refuse(
                    address.At, $"alerts.channels.{name}.url",
                    "a link-local address, as the cloud's metadata service has (not shown): give the receiver's own");
            }
            else if (entry.Value is { AllowInsecure: false, Url: { } url })
            {
                RefuseExposed(url, $"alerts.channels.{name}.url");
            }
        }

        new RouteChecks(draft, catalogue, faults).Run();
        var policies = new PolicyChecks(faults);
        policies.Run("defaults", draft.Defaults, draft.Defaults.Over(KeyPolicy.Default));
        foreach (var (name, entry) in draft.Environments.Where(entry => entry.Value.Value is not null))
        {
            policies.Run($"environments.{name}", entry.Value!, draft.PolicyOf(name));
        }

        new HoldingChecks(draft, faults).Run();
        var keys = new KeyChecks(draft, catalogue, policies, faults);
        foreach (var (id, entry) in draft.Keys.Where(entry => entry.Value.Value is not null))
        {
            keys.Run(id, entry.Value!);
        }
    }

    private void CheckProvider(string path, string name, ProviderDraft instance, Position at)
    {
        if (catalogue.Provider(instance.Kind ?? name) is not { } kind)
        {
            var hint = NearestName.Hint(name, [.. catalogue.Providers.Select(provider => provider.Name)]);
            faults.Refuse(at, path, $"`kind` is missing, and the name is no kind{(hint.Length > 0 ? ": " : "")}{hint}");
            return;
        }

        if (kind.NeedsBaseUrl && instance.BaseUrl is null)
        {
            faults.Refuse(at, path, $"an instance of `{kind.Name}` needs `baseUrl` (or `endpoint`, its other name)");
        }

        if (kind.NeedsRegion && instance.Region is null)
        {
            faults.Refuse(at, path, $"an instance of `{kind.Name}` needs `region`");
        }

        if (instance is { AllowInsecure: false, BaseUrl: { } url })
        {
            RefuseExposed(url, $"{path}.baseUrl");
        }
    }

    private void CheckStore(string path, RemoteStoreDraft store)
    {
        if (store.Address is { } url && WebAddress.IsLinkLocal(url.Value))
        {
            faults.Refuse(
                url.At, $"{path}.{store.AddressMember}",
                $"`{url.Value.Host}` is a link-local address, as the cloud's metadata service has: give the store's own");
        }
        else if (store is { AllowInsecure: false, Address: { } address })
        {
            RefuseExposed(address, $"{path}.{store.AddressMember}");
        }

        if (store is { CertificateKeyFile: { } key, CertificateFile: null })
        {
            faults.Refuse(key.At, path, "`clientKey` needs `clientCertificate`");
        }
    }

    private void RefuseExposed(Located<Uri> url, string path)
    {
        if (WebAddress.IsExposed(url.Value))
        {
            faults.Refuse(url.At, path, "plain http would send a secret in clear text: use https, or set `allowInsecure: true` beside it");
        }
    }
}

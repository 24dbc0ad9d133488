using KeyRotator.Configuration;
using KeyRotator.Import;
using KeyRotator.Keys;
using KeyRotator.Providers;
using KeyRotator.Stores;

namespace KeyRotator.Cli;

/// <summary>Settings without a file: every provider's variable that is set is a key, state is in memory, nobody is alerted.</summary>
internal static class EnvironmentSettings
{
    private const string Store = "env";

    /// <summary>The settings that the environment makes. A variable that cannot be used is named on standard error.</summary>
    /// <exception cref="CliException">No usable variable is set.</exception>
    public static Settings Of(CliContext context)
    {
        var keys = new List<ManagedKey>();
        var instances = new Dictionary<string, ProviderInstance>(StringComparer.OrdinalIgnoreCase);
        foreach (var found in Find(context).GroupBy(key => key.Provider))
        {
            var instance = Instance(found.Key, context);
            if (Missing(found.Key.Profile, instance) is { } missing)
            {
                context.Error.WriteLine($"{found.First().Variables[0]} is set and not checked: set {missing} too.");
                continue;
            }

            instances[instance.Name] = instance;
            keys.AddRange(found.Select(Key));
        }

        return keys.Count == 0 ? throw NothingSet() : new Settings
        {
            Database = new DatabaseSettings(),
            Stores = new Dictionary<string, StoreSettings> { [Store] = new() { Name = Store, Kind = EnvironmentStore.Kind } },
            Providers = instances,
            Keys = keys,
        };
    }

    private static IReadOnlyList<ImportedKey> Find(CliContext context)
    {
        var variables = context.Variables().Where(pair => KeyProviders.ForVariable(pair.Key) is not null);
        return KeyImport.FromEnvironment(variables.ToDictionary(StringComparer.Ordinal)).Keys;
    }

    private static bool IsSet(CliContext context, string variable) => !string.IsNullOrEmpty(context.Environment(variable));

    private static ProviderInstance Instance(IKeyProvider provider, CliContext context) => new()
    {
        Name = provider.Kind,
        Kind = provider.Kind,
        BaseUrl = BaseUrl(provider.Profile.BaseUrlVariable, context),
        Region = provider.Profile.RegionVariables.Where(name => IsSet(context, name)).Select(context.Environment).FirstOrDefault(),
    };

    private static Uri? BaseUrl(string? variable, CliContext context)
    {
        if (variable is null || !IsSet(context, variable))
        {
            return null;
        }

        return WebAddress.Read(context.Environment(variable) ?? "") is { Query: "", Fragment: "" } url && !WebAddress.IsExposed(url)
            ? url
            : throw CliException.Usage($"{variable} is no base URL: https, or http to this machine, without user, query and fragment.");
    }

    private static string? Missing(ProviderProfile profile, ProviderInstance instance) => profile switch
    {
        { DefaultBaseUrl: null } when instance.BaseUrl is null => profile.BaseUrlVariable ?? "its base URL in a configuration",
        { NeedsRegion: true } when instance.Region is null => string.Join(" or ", profile.RegionVariables),
        _ => null,
    };

    private static ManagedKey Key(ImportedKey found) => new()
    {
        Id = KeyId.Parse(found.Variables[0]),
        Provider = found.Provider.Kind,
        Locations = [.. found.Variables.Select(variable => new SecretLocation { Store = Store, Name = variable })],
    };

    private static CliException NothingSet()
    {
        var variables = KeyProviders.All.SelectMany(provider => provider.Profile.Variables).Distinct();
        return CliException.Usage($"No usable variable of a provider is set. Looked for {string.Join(", ", variables)}.");
    }
}

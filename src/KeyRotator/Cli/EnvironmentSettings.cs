using KeyRotator.Configuration;
using KeyRotator.Keys;
using KeyRotator.Providers;

namespace KeyRotator.Cli;

/// <summary>Settings without a file: every provider's standard variable that is set is a key, state is in memory, nobody is alerted.</summary>
internal static class EnvironmentSettings
{
    private const string Store = "env";

    /// <summary>The settings that the environment makes.</summary>
    /// <exception cref="CliException">No variable is set.</exception>
    public static Settings Of(CliContext context)
    {
        var found = KeyProviders.All.Select(provider => Find(provider, context.Environment)).OfType<ManagedKey>().ToList();
        return found.Count == 0 ? throw NothingSet() : new Settings
        {
            Database = new DatabaseSettings(),
            Stores = new Dictionary<string, StoreSettings> { [Store] = new StoreSettings { Name = Store, Kind = "env" } },
            Providers = KeyProviders.All.ToDictionary(provider => provider.Kind, provider => new ProviderInstance { Name = provider.Kind, Kind = provider.Kind }),
            Keys = found,
        };
    }

    private static ManagedKey? Find(IKeyProvider provider, Func<string, string?> environment)
    {
        var variable = provider.Profile.Variables.FirstOrDefault(name => !string.IsNullOrEmpty(environment(name)));
        return variable is null ? null : new ManagedKey
        {
            Id = KeyId.Parse(provider.Kind),
            Provider = provider.Kind,
            Locations = [new SecretLocation { Store = Store, Name = variable }],
        };
    }

    private static CliException NothingSet() => CliException.Usage(
        $"No provider's variable is set. Looked for {string.Join(", ", KeyProviders.All.SelectMany(provider => provider.Profile.Variables).Distinct())}.");
}

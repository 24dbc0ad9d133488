using KeyRotator.Alerts;
using KeyRotator.Providers;
using KeyRotator.Stores;

namespace KeyRotator.Configuration;

/// <summary>The kinds that a configuration may name.</summary>
/// <param name="Providers">Provider kinds, in the order of their list.</param>
/// <param name="Stores">Store kinds.</param>
/// <param name="Channels">Channel kinds.</param>
internal sealed record SettingsCatalogue(
    IReadOnlyList<ProviderKind> Providers,
    IReadOnlyList<string> Stores,
    IReadOnlyList<string> Channels)
{
    /// <summary>Everything that this program has.</summary>
    public static SettingsCatalogue Default { get; } =
        new([.. KeyProviders.All.Select(ProviderKind.Of)], SecretStores.Kinds, AlertChannels.Kinds);

    /// <summary>Kinds whose own name is an instance that needs no entry in the file.</summary>
    public IEnumerable<string> ReadyInstances => Providers.Where(kind => kind.IsReady).Select(kind => kind.Name);

    /// <summary>A provider kind by name, or null.</summary>
    public ProviderKind? Provider(string kind) => Providers.FirstOrDefault(provider => provider.Name == kind);
}

/// <summary>What configuration needs to know of a provider kind.</summary>
/// <param name="Name">The kind.</param>
/// <param name="NeedsBaseUrl">An instance must say where it is.</param>
/// <param name="NeedsRegion">An instance must say its region.</param>
/// <param name="LeastCheckEvery">The least time between two probes of a key that the vendor tolerates.</param>
internal sealed record ProviderKind(string Name, bool NeedsBaseUrl, bool NeedsRegion, TimeSpan LeastCheckEvery)
{
    /// <summary>Whether the kind's own name is an instance that needs no entry in the file.</summary>
    public bool IsReady => !NeedsBaseUrl && !NeedsRegion;

    /// <summary>Reads it off a provider. Where there is a region, it makes the address.</summary>
    public static ProviderKind Of(IKeyProvider provider) => new(
        provider.Kind,
        provider.Profile is { DefaultBaseUrl: null, NeedsRegion: false },
        provider.Profile.NeedsRegion,
        provider.Profile.LeastCheckEvery);
}

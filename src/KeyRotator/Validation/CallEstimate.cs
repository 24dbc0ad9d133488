using KeyRotator.Keys;
using KeyRotator.Providers;
using KeyRotator.Stores;

namespace KeyRotator.Validation;

/// <summary>One declared location, as far as its store's calls go.</summary>
/// <param name="Name">The secret's name.</param>
/// <param name="IsPrimary">Whether probes read it.</param>
/// <param name="LookEvery">Time between looks at it; greater than zero.</param>
/// <param name="ProbeEvery">Time between probes of its key, or null where it is never probed.</param>
internal readonly record struct LocationCadence(string Name, bool IsPrimary, TimeSpan LookEvery, TimeSpan? ProbeEvery)
{
    /// <summary>The location of a declared key.</summary>
    public static LocationCadence Of(ManagedKey key, SecretLocation location, ProviderInstance instance, ProviderProfile? profile) =>
        new(
            location.Name,
            location == key.Primary,
            Cadence.Wanted(key, instance),
            instance.Probe ? Cadence.Of(key, instance, profile) : null);
}

/// <summary>Calls of a store's API in a month of thirty days, repeats and changes left out.</summary>
/// <param name="Reads">Requests that read values.</param>
/// <param name="Lists">Requests for a page of a list.</param>
internal readonly record struct MonthlyCalls(double Reads, double Lists);

/// <summary>What the present cadence costs in calls. Pure.</summary>
internal static class CallEstimate
{
    /// <summary>The month.</summary>
    public static TimeSpan Month { get; } = TimeSpan.FromDays(30);

    /// <summary>The calls of a month for the locations of one store.</summary>
    /// <param name="locations">The locations; those of suspended keys left out.</param>
    /// <param name="can">What the store can do.</param>
    /// <param name="gather">For how long keys that come due are gathered before they are read together; greater than zero.</param>
    public static MonthlyCalls PerMonth(IReadOnlyList<LocationCadence> locations, StoreCapabilities can, TimeSpan gather)
    {
        if (can.IsLocal || locations.Count == 0)
        {
            return default;
        }

        // Spread over time, as probes are: how full a batch is depends on how many come due at a time.
        var probed = locations.Sum(ReadsOf);
        var looked = locations.Sum(location => LooksOf(location) - ReadsOf(location));
        var spared = locations.Where(location => LooksOf(location) > ReadsOf(location)).ToList();
        var pages = PagesOf(locations, can);
        if (spared.Count > 0 && pages > 0 && pages <= spared.Count / can.ValuesPerCall / 2)
        {
            return new(probed / FillOf(probed, can, gather), pages * (Month / spared.Min(location => location.LookEvery)));
        }

        return new((probed + looked) / FillOf(probed + looked, can, gather), 0);
    }

    private static double LooksOf(LocationCadence location) => Month / location.LookEvery;

    private static double ReadsOf(LocationCadence location) =>
        location is { IsPrimary: true, ProbeEvery: { } every } ? Month / every : 0;

    private static int PagesOf(IReadOnlyList<LocationCadence> locations, StoreCapabilities can) => can.VersionsPerCall == 0
        ? 0
        : (int)Math.Ceiling(locations.Select(location => location.Name).Distinct(StringComparer.Ordinal).Count()
            / (double)can.VersionsPerCall);

    private static double FillOf(double reads, StoreCapabilities can, TimeSpan gather) =>
        Math.Clamp(reads * (gather / Month), 1, can.ValuesPerCall);
}

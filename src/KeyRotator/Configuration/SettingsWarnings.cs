using KeyRotator.Configuration.Shapes;
using KeyRotator.Keys;
using KeyRotator.Providers;

namespace KeyRotator.Configuration;

/// <summary>What is allowed and probably not meant.</summary>
internal sealed class SettingsWarnings(SettingsDraft draft, Settings settings, SettingsCatalogue catalogue, FaultList faults)
{
    /// <summary>Records every warning there is.</summary>
    public void Run()
    {
        WarnOfUnused();
        WarnOfCadences();
        foreach (var group in settings.Keys.Where(key => !key.Suspended).GroupBy(key => key.Provider, StringComparer.Ordinal))
        {
            WarnOfPacing(settings.Providers[group.Key], [.. group]);
        }

        new RouteWarnings(draft, settings, faults).Run();
    }

    private void WarnOfUnused()
    {
        var locations = settings.Keys.SelectMany(key => key.Locations.Append(key.Holding).Append(key.Previous));
        var stores = locations.Select(location => location?.Store).ToHashSet(StringComparer.Ordinal);
        var idle = draft.Stores.Where(store => !stores.Contains(store.Key) && settings.Stores[store.Key].Discover is null);
        foreach (var (name, entry) in idle)
        {
            faults.Warn(entry.At, $"stores.{name}", "no key uses this store");
        }

        var environments = settings.Keys.Select(key => key.Environment).ToHashSet(StringComparer.Ordinal);
        var isDiscovering = settings.Stores.Values.Any(store => store.Discover is not null);
        foreach (var (name, entry) in draft.Environments.Where(one => !isDiscovering && !environments.Contains(one.Key)))
        {
            faults.Warn(entry.At, $"environments.{name}", "no key serves this environment");
        }

        var channels = settings.Routes.SelectMany(route => route.Channels).ToHashSet(StringComparer.Ordinal);
        foreach (var (name, entry) in draft.Alerts.Channels.Where(channel => !channels.Contains(channel.Key)))
        {
            faults.Warn(entry.At, $"alerts.channels.{name}", "no route uses this channel");
        }
    }

    private void WarnOfCadences()
    {
        foreach (var (name, entry) in draft.Providers)
        {
            if (entry.Value?.CheckEvery is { } cadence)
            {
                WarnOfCadence($"providers.{name}.checkEvery", cadence.At, settings.Providers[name], cadence.Value);
            }
        }

        foreach (var key in settings.Keys)
        {
            if (draft.Keys[key.Id.Value].Value?.Policy?.PositionOf("checkEvery") is { } at)
            {
                WarnOfCadence($"keys.{key.Id}.checkEvery", at, settings.Providers[key.Provider], key.Policy.CheckEvery);
            }
        }
    }

    private void WarnOfCadence(string path, Position at, ProviderInstance instance, TimeSpan cadence)
    {
        var least = LeastOf(instance);
        if (cadence < least)
        {
            faults.Warn(at, path, $"{instance.Kind} tolerates a probe of a key every {Durations.Format(least)} at most, and gets no more");
        }
    }

    private void WarnOfPacing(ProviderInstance instance, List<ManagedKey> keys)
    {
        if (draft.Providers.GetValueOrDefault(instance.Name)?.Value?.RequestsPerMinute is not { } cap || !instance.Probe)
        {
            return;
        }

        var least = LeastOf(instance);
        var wanted = keys.Sum(key => 1 / Longer(instance.CheckEvery ?? key.Policy.CheckEvery, least).TotalMinutes);
        if (wanted > cap.Value)
        {
            var fitting = TimeSpan.FromMinutes(Math.Ceiling((double)keys.Count / cap.Value));
            faults.Warn(cap.At, $"providers.{instance.Name}.requestsPerMinute",
                $"{keys.Count} keys at their cadence need {Math.Ceiling(wanted)} a minute: checkEvery {Durations.Format(fitting)} fits");
        }
    }

    private TimeSpan LeastOf(ProviderInstance instance) => catalogue.Provider(instance.Kind)?.LeastCheckEvery ?? TimeSpan.Zero;

    private static TimeSpan Longer(TimeSpan one, TimeSpan other) => one > other ? one : other;
}

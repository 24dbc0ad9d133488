using System.Text.Json;
using KeyRotator.Configuration;
using KeyRotator.Providers;
using KeyRotator.State;
using KeyRotator.Stores;
using KeyRotator.Validation;

namespace KeyRotator.Cli.Output;

/// <summary>A configured store, what it can do, how often it was called, and how often it is to be expected.</summary>
/// <param name="Name">Its configured name.</param>
/// <param name="Kind">Its kind.</param>
/// <param name="Can">What it can do.</param>
/// <param name="Locations">How many are declared there.</param>
internal sealed record StoreRow(string Name, string Kind, StoreCapabilities Can, int Locations)
{
    // A service passes over the keys that came due four times a minute: so many are read together.
    private static readonly TimeSpan s_gather = TimeSpan.FromSeconds(15);

    /// <summary>What was counted, or null where nothing was.</summary>
    public StoreUsage? Used { get; init; }

    /// <summary>The calls of a month at the present cadence.</summary>
    public MonthlyCalls Expected { get; init; }

    /// <summary>What these cost, in US dollars at the list price; null where no price is known.</summary>
    public decimal? Price => Can.ReadPrice?.Of(Expected.Reads);

    /// <summary>When that price was read, as yyyy-MM; or null.</summary>
    public string? PriceAsOf => Can.ReadPrice?.AsOf;

    /// <summary>Puts it together.</summary>
    public static StoreRow Of(Settings settings, ISecretStore store, StoreUsage? used)
    {
        var declared = settings.Keys.SelectMany(key => key.Locations).Count(location => location.Store == store.Name);
        var cadences = from key in settings.Keys
                       where !key.Suspended
                       let instance = settings.Providers[key.Provider]
                       let profile = KeyProviders.Find(instance.Kind)?.Profile
                       from location in key.Locations
                       where location.Store == store.Name
                       select LocationCadence.Of(key, location, instance, profile);
        return new(store.Name, settings.Stores[store.Name].Kind, store.Capabilities, declared)
        {
            Used = used,
            Expected = CallEstimate.PerMonth([.. cadences], store.Capabilities, s_gather),
        };
    }

    /// <summary>Writes <c>calls</c> and <c>callsPerMonth</c>; both are null for a store on this machine.</summary>
    public void WriteCalls(Utf8JsonWriter json)
    {
        if (Can.IsLocal)
        {
            json.WriteNull("calls");
            json.WriteNull("callsPerMonth");
            return;
        }

        json.WriteStartObject("calls");
        json.WriteTime("since", Used?.Since);
        json.WriteNumber("reads", Used?.Reads ?? 0);
        json.WriteNumber("lists", Used?.Lists ?? 0);
        json.WriteNumber("writes", Used?.Writes ?? 0);
        json.WriteEndObject();
        json.WriteStartObject("callsPerMonth");
        json.WriteNumber("reads", (long)Math.Ceiling(Expected.Reads));
        json.WriteNumber("lists", (long)Math.Ceiling(Expected.Lists));
        if (Price is { } price)
        {
            json.WriteNumber("priceUsd", decimal.Round(price, 2));
        }
        else
        {
            json.WriteNull("priceUsd");
        }

        json.WriteString("priceAsOf", PriceAsOf);
        json.WriteEndObject();
    }
}

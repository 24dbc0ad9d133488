using System.Collections.ObjectModel;
using KeyRotator.Alerts;
using KeyRotator.Configuration;
using KeyRotator.Keys;
using KeyRotator.State;
using KeyRotator.Stores.Remote;

namespace KeyRotator.Hosting.Exposition;

/// <summary>Where the numbers come from.</summary>
internal sealed record MetricSources
{
    /// <summary>The database.</summary>
    public required StateDatabase State { get; init; }

    /// <summary>The clock.</summary>
    public required TimeProvider Time { get; init; }

    /// <summary>Gives what works now.</summary>
    public required Func<WorkingParts> Parts { get; init; }

    /// <summary>What sees changes of the configuration; null where nothing does.</summary>
    public SettingsWatcher? Watcher { get; init; }

    /// <summary>What is to run, and how often; empty where nothing runs by itself.</summary>
    public IReadOnlyList<ScheduledJob> Jobs { get; init; } = [];

    /// <summary>Gives when each job last succeeded in this process (UTC).</summary>
    public Func<IReadOnlyDictionary<string, DateTimeOffset>> Succeeded { get; init; } =
        () => ReadOnlyDictionary<string, DateTimeOffset>.Empty;

    /// <summary>Whether each key has samples of its own, and each finding about a key.</summary>
    public bool TellsKeys { get; init; } = true;

    /// <summary>The database's engine.</summary>
    public required string Engine { get; init; }
}

/// <summary>What works under the configuration that is in force.</summary>
/// <param name="Settings">The configuration.</param>
/// <param name="Inventory">The keys.</param>
/// <param name="Stores">The stores whose requests are counted.</param>
/// <param name="Attempts">How many attempts to deliver ended how.</param>
internal sealed record WorkingParts(
    Settings Settings, Inventory Inventory, IReadOnlyList<IMeteredStore> Stores, IReadOnlyDictionary<AttemptKind, long> Attempts)
{
    /// <summary>Those of a runtime.</summary>
    public static WorkingParts Of(PassRuntime runtime) => new(
        runtime.Settings,
        runtime.Inventory,
        [.. runtime.Environment.Stores.Values.OfType<IMeteredStore>().OrderBy(store => store.Name, StringComparer.Ordinal)],
        runtime.Dispatcher.Attempts);
}

using System.Collections.ObjectModel;
using KeyRotator.Alerts;
using KeyRotator.Keys;
using KeyRotator.Providers;
using KeyRotator.Secrets;
using KeyRotator.State;

namespace KeyRotator.Configuration;

/// <summary>The whole configuration, valid as a whole: every name in it resolves.</summary>
public sealed record Settings
{
    /// <summary>SHA-256 of the files that it was read from, one behind the other in ordinal order, without byte order marks, in lower-case
    /// hexadecimal digits; empty where it was read from none.</summary>
    public string Digest { get; init; } = "";

    /// <summary>Where state is kept.</summary>
    public required DatabaseSettings Database { get; init; }

    /// <summary>How keys are looked after that say nothing else, and how often findings about anything but keys are repeated.</summary>
    public KeyPolicy Defaults { get; init; } = KeyPolicy.Default;

    /// <summary>How keys of an environment are looked after that say nothing else, by its name.</summary>
    public IReadOnlyDictionary<string, KeyPolicy> Environments { get; init; } = ReadOnlyDictionary<string, KeyPolicy>.Empty;

    /// <summary>Who may act under a name of their own, by that name.</summary>
    public IReadOnlyDictionary<string, OperatorSettings> Operators { get; init; } = ReadOnlyDictionary<string, OperatorSettings>.Empty;

    /// <summary>Stores by name.</summary>
    public IReadOnlyDictionary<string, StoreSettings> Stores { get; init; } = ReadOnlyDictionary<string, StoreSettings>.Empty;

    /// <summary>Provider instances by name: those that the file names, and a ready one for every kind.</summary>
    public IReadOnlyDictionary<string, ProviderInstance> Providers { get; init; } = ReadOnlyDictionary<string, ProviderInstance>.Empty;

    /// <summary>Managed keys, in the file's order, each id once.</summary>
    public IReadOnlyList<ManagedKey> Keys { get; init; } = [];

    /// <summary>Alert channels by name.</summary>
    public IReadOnlyDictionary<string, ChannelSettings> Channels { get; init; } = ReadOnlyDictionary<string, ChannelSettings>.Empty;

    /// <summary>Alert routes, in the file's order.</summary>
    public IReadOnlyList<AlertRoute> Routes { get; init; } = [];

    /// <summary>Where the operators' own page about a finding is, or null.</summary>
    public RunbookTemplate? Runbook { get; init; }

    /// <summary>The watchdog that is told of life, or null.</summary>
    public HeartbeatSettings? Heartbeat { get; init; }

    /// <summary>How a key is looked after that says nothing itself.</summary>
    /// <param name="environment">The environment that it serves, or null.</param>
    public KeyPolicy PolicyOf(string? environment) => Environments.GetValueOrDefault(environment ?? "", Defaults);
}

/// <summary>Somebody who acts under a name of their own.</summary>
public sealed record OperatorSettings
{
    /// <summary>The name, unique.</summary>
    public required string Name { get; init; }

    /// <summary>SHA-256 of the operator's token, 32 bytes.</summary>
    public required ReadOnlyMemory<byte> TokenHash { get; init; }
}

/// <summary>Where state is kept.</summary>
public sealed record DatabaseSettings
{
    /// <summary>Absolute path of the SQLite file, or null where state is in memory only, or on a server.</summary>
    public string? Path { get; init; }

    /// <summary>The PostgreSQL database, or null where state is kept with SQLite.</summary>
    public PostgresAddress? Server { get; init; }

    /// <summary>How it is named to people: no password.</summary>
    public override string ToString() => Server?.ToString() ?? "sqlite:" + (Path ?? ":memory:");
}

/// <summary>A configured store: its kind and that kind's members.</summary>
public sealed record StoreSettings
{
    /// <summary>Its name, unique.</summary>
    public required string Name { get; init; }

    /// <summary>Store kind, for example <c>file</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>Absolute path of the file store's file; null for other kinds.</summary>
    public string? Path { get; init; }

    /// <summary>Passphrase of the file store, or null.</summary>
    public SecretValue? Passphrase { get; init; }

    /// <summary>Absolute path of the file store's key file, or null. One of passphrase and key file is given.</summary>
    public string? KeyFile { get; init; }

    /// <summary>Which of its secrets are found by tag, or null where none are.</summary>
    public DiscoverSettings? Discover { get; init; }

    /// <summary>What a remote store's kind needs; null for the others.</summary>
    public StoreOptions? Options { get; init; }
}

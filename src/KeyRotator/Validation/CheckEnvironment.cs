using KeyRotator.Configuration;
using KeyRotator.Discovery;
using KeyRotator.State;
using KeyRotator.Stores;

namespace KeyRotator.Validation;

/// <summary>What a pass works with.</summary>
internal sealed record CheckEnvironment
{
    /// <summary>The configuration.</summary>
    public required Settings Settings { get; init; }

    /// <summary>The keys: what the file declares, and what is known of the stores that were looked through.</summary>
    public required InventorySource Inventories { get; init; }

    /// <summary>The database.</summary>
    public required StateDatabase State { get; init; }

    /// <summary>The configured stores by name.</summary>
    public required IReadOnlyDictionary<string, ISecretStore> Stores { get; init; }

    /// <summary>The sender of probes.</summary>
    public required KeyValidator Validator { get; init; }

    /// <summary>The clock.</summary>
    public required TimeProvider Time { get; init; }

    /// <summary>For jitter and made-up keys. Safe for use from many threads.</summary>
    public required Random Random { get; init; }

    /// <summary>This process's part of what instances may be asked. All of it unless told otherwise.</summary>
    public PacingShare Share { get; init; } = new();

    /// <summary>Held by every answer that waits to be recorded, whichever pass of this process waits for it: a kill loses no more of
    /// them.</summary>
    public SlotGate Unrecorded { get; } = new(static () => MostUnrecorded);

    /// <summary>Answers that may wait to be recorded; beyond them, each sender of probes may have one in its hand.</summary>
    public const int MostUnrecorded = 224;

    /// <summary>Most probes of one instance at a time. Default 8.</summary>
    public int Concurrency { get; init; } = 8;
}

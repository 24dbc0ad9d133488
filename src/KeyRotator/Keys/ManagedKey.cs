using System.Collections.ObjectModel;

namespace KeyRotator.Keys;

/// <summary>An entry of the inventory: what a key is for, where it is, how it is looked after. Never its value.</summary>
public sealed record ManagedKey
{
    /// <summary>Its name, unique in the inventory.</summary>
    public required KeyId Id { get; init; }

    /// <summary>Name of the provider instance that issued it.</summary>
    public required string Provider { get; init; }

    /// <summary>Environment it serves, or null.</summary>
    public string? Environment { get; init; }

    /// <summary>Who answers for it, or null.</summary>
    public string? Owner { get; init; }

    /// <summary>Free labels, for routes.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = ReadOnlyDictionary<string, string>.Empty;

    /// <summary>Where consumers read it, at least one. The first is the primary, the one that probes read.</summary>
    public required IReadOnlyList<SecretLocation> Locations { get; init; }

    /// <summary>Models that its consumers use.</summary>
    public IReadOnlyList<string> Models { get; init; } = [];

    /// <summary>What the file says of its expiry, or null.</summary>
    public ExpiryStatement? Expires { get; init; }

    /// <summary>Who holds it, or null: then it is neither read nor probed, and alerts nobody.</summary>
    public Suspension? Suspension { get; init; }

    /// <summary>Whether it is held. Set, it is the configuration that says so.</summary>
    public bool Suspended
    {
        get => Suspension is not null;
        init => Suspension = value ? Suspension.OfConfiguration : null;
    }

    /// <summary>Whether a store's tags name it, and no entry of the file.</summary>
    public bool IsDiscovered { get; init; }

    /// <summary>Since when its store names a discovered key no more (UTC), or null. Such a key is neither read nor probed until it comes
    /// back or is forgotten; the clock goes on.</summary>
    public DateTimeOffset? GoneSince { get; init; }

    /// <summary>Whether it is read and probed.</summary>
    public bool IsLookedAfter => !Suspended && GoneSince is null;

    /// <summary>How it is looked after.</summary>
    public KeyPolicy Policy { get; init; } = KeyPolicy.Default;

    /// <summary>Where a replacement waits for its time, or null.</summary>
    public SecretLocation? Holding { get; init; }

    /// <summary>Where the old value is kept during a rotation of a store without history, or null.</summary>
    public SecretLocation? Previous { get; init; }

    /// <summary>The same key, held as the configuration says and as an operator decided, or neither.</summary>
    /// <param name="held">The operator's decision, or null.</param>
    public ManagedKey HeldBy(Suspension? held) => (Suspension, held) switch
    {
        (null, null) => this,
        (var before, { } decided) => this with { Suspension = decided with { IsDeclared = before is { IsDeclared: true } } },
        ({ IsDeclared: true, IsByOperator: false }, null) => this,
        ({ IsDeclared: true }, null) => this with { Suspension = Suspension.OfConfiguration },
        _ => this with { Suspension = null },
    };

    /// <summary>The location that probes read.</summary>
    public SecretLocation Primary => Locations[0];
}

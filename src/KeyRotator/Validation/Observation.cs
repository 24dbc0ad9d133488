using KeyRotator.Keys;
using KeyRotator.Secrets;

namespace KeyRotator.Validation;

/// <summary>What a check found at the primary location.</summary>
internal enum PrimaryReading
{
    /// <summary>Nobody looked: only the clock moved on.</summary>
    NotRead = 0,

    /// <summary>The store could not answer.</summary>
    Unreadable,

    /// <summary>The store answered that nothing is there.</summary>
    Absent,

    /// <summary>A value is there.</summary>
    Present,

    /// <summary>A listing shows the version of last time: the value was not read.</summary>
    Unchanged,
}

/// <summary>What one check of one key saw, without any value.</summary>
internal sealed record Observation
{
    /// <summary>The inventory's entry.</summary>
    public required ManagedKey Key { get; init; }

    /// <summary>When it was seen (UTC).</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>What was at the primary location.</summary>
    public PrimaryReading Primary { get; init; }

    /// <summary>The value's fingerprint; not null where it is Present or Unchanged.</summary>
    public Fingerprint? Fingerprint { get; init; }

    /// <summary>The store's version of it, or null.</summary>
    public string? StoreVersion { get; init; }

    /// <summary>What makes the value unfit, or None.</summary>
    public SecretDefect Defect { get; init; }

    /// <summary>Title of the other provider whose format the value has, or null.</summary>
    public string? ForeignFormat { get; init; }

    /// <summary>What the provider's answer proves, or null where no probe was made.</summary>
    public ProbeResult? Probe { get; init; }

    /// <summary>Where the provider could not be asked in this pass: when it may be asked (UTC); else null.</summary>
    public DateTimeOffset? PutOffUntil { get; init; }

    /// <summary>Where the provider was not asked because it answered for this very value a moment ago: when it may be asked again (UTC);
    /// else null.</summary>
    public DateTimeOffset? RestsUntil { get; init; }

    /// <summary>Whether a check came to its end: what was to be asked was asked.</summary>
    public bool IsWhole => Primary is not PrimaryReading.NotRead && PutOffUntil is null && RestsUntil is null;

    /// <summary>The expiry that the key itself or the provider tells (UTC), or null.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>What the model list said of the declared models, or null where no list came.</summary>
    public ModelFacts? Models { get; init; }

    /// <summary>What was at the other locations, in the inventory's order; empty where nobody looked.</summary>
    public IReadOnlyList<SecondaryReading> Secondaries { get; init; } = [];
}

/// <summary>What a check saw at another location than the primary.</summary>
/// <param name="Location">Where.</param>
/// <param name="Kind">NotRead where the listing shows the version of last time.</param>
/// <param name="Fingerprint">The value's fingerprint, or null.</param>
/// <param name="Version">The store's version, or null.</param>
internal sealed record SecondaryReading(SecretLocation Location, PrimaryReading Kind, Fingerprint? Fingerprint, string? Version);

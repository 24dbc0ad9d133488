using KeyRotator.Secrets;

namespace KeyRotator.Keys;

/// <summary>What was last seen at one location.</summary>
public sealed record LocationStatus
{
    /// <summary>The location.</summary>
    public required SecretLocation Location { get; init; }

    /// <summary>The store's id of the version seen, or null where the store has none.</summary>
    public string? Version { get; init; }

    /// <summary>Fingerprint of the field's value, or null where nothing was there.</summary>
    public Fingerprint? Fingerprint { get; init; }

    /// <summary>Since when its store fails there (UTC), or null where it answered at the last look. The other members are older than
    /// that.</summary>
    public DateTimeOffset? UnreadSince { get; init; }

    /// <summary>Since when it does not hold the primary's value (UTC), or null while it does.</summary>
    public DateTimeOffset? DriftingSince { get; init; }
}

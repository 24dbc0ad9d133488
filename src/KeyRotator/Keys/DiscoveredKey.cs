namespace KeyRotator.Keys;

/// <summary>A key that a store's tags name: what was observed of the inventory, beside what the file declares.</summary>
public sealed record DiscoveredKey
{
    /// <summary>Its id, by <see cref="DiscoveredKeyId"/>; kept for as long as the place is known.</summary>
    public required KeyId Id { get; init; }

    /// <summary>Where it is. Its only location.</summary>
    public required SecretLocation Location { get; init; }

    /// <summary>Name of the provider instance.</summary>
    public required string Provider { get; init; }

    /// <summary>Whether a tag named the provider; false where the value's format told it.</summary>
    public bool IsTagged { get; init; } = true;

    /// <summary>Environment it serves, or null.</summary>
    public string? Environment { get; init; }

    /// <summary>Who answers for it, or null.</summary>
    public string? Owner { get; init; }

    /// <summary>What the tags say of its expiry, or null.</summary>
    public ExpiryStatement? Expires { get; init; }

    /// <summary>Since when the store names it no more (UTC), or null.</summary>
    public DateTimeOffset? GoneSince { get; init; }

    /// <summary>The same as an entry of the inventory.</summary>
    /// <param name="id">Its id there.</param>
    /// <param name="policy">How it is looked after.</param>
    public ManagedKey ToManaged(KeyId id, KeyPolicy policy) => new()
    {
        Id = id,
        Provider = Provider,
        Environment = Environment,
        Owner = Owner,
        Locations = [Location],
        Expires = Expires,
        IsDiscovered = true,
        GoneSince = GoneSince,
        Policy = policy,
    };
}

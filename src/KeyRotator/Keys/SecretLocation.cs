namespace KeyRotator.Keys;

/// <summary>Where consumers read a key.</summary>
public sealed record SecretLocation
{
    /// <summary>Name of a configured store.</summary>
    public required string Store { get; init; }

    /// <summary>The secret's name or path, as that store spells it.</summary>
    public required string Name { get; init; }

    /// <summary>Member of a JSON secret, or null where the whole secret is the key.</summary>
    public string? Field { get; init; }

    /// <summary>Another system copies the primary's value here within this time, or null where KeyRotator writes it. Greater than
    /// zero.</summary>
    public TimeSpan? Follows { get; init; }

    /// <inheritdoc />
    public override string ToString() => Field is null ? $"{Store}:{Name}" : $"{Store}:{Name}#{Field}";
}

namespace KeyRotator.Configuration;

/// <summary>Which of a store's secrets are keys to look after without an entry of their own: those with a tag.</summary>
public sealed record DiscoverSettings
{
    /// <summary>The default of <see cref="Every"/>.</summary>
    public static TimeSpan DefaultEvery { get; } = TimeSpan.FromMinutes(15);

    /// <summary>The tag's name.</summary>
    public required string Tag { get; init; }

    /// <summary>The tag's value, or null for any.</summary>
    public string? Value { get; init; }

    /// <summary>Beginning of the secrets' names, or null for all.</summary>
    public string? Prefix { get; init; }

    /// <summary>Least time between two listings. At least one minute; default 15 minutes.</summary>
    public TimeSpan Every { get; init; } = DefaultEvery;
}

namespace KeyRotator.Keys;

/// <summary>What the file says of a key's expiry: a date, or a date for the one version whose fingerprint starts with the given
/// digits.</summary>
/// <param name="On">The last day on which the key works; it expires at the end of that day, UTC.</param>
/// <param name="FingerprintPrefix">Twelve to 64 lower-case hexadecimal digits, or null for a plain date.</param>
public sealed record ExpiryStatement(DateOnly On, string? FingerprintPrefix)
{
    /// <summary>The first instant at which the key no longer works: midnight UTC after <see cref="On"/>.</summary>
    public DateTimeOffset ExpiresAt => new(On.AddDays(1).ToDateTime(TimeOnly.MinValue), TimeSpan.Zero);
}

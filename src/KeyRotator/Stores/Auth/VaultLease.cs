namespace KeyRotator.Stores.Auth;

/// <summary>A token, and how long it is good for.</summary>
/// <param name="Token">The token.</param>
internal sealed record VaultLease(string Token)
{
    /// <summary>When it is renewed or replaced (UTC); null: never, as for a root token, whose lease is 0.</summary>
    public DateTimeOffset? RenewAt { get; init; }

    /// <summary>When it ends (UTC); null: never, or not known.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>What was granted at the login; a renewal that grants less has come to the token's longest life.</summary>
    public TimeSpan Granted { get; init; }

    /// <summary>Whether the server renews it: not a batch token.</summary>
    public bool IsRenewable { get; init; }

    /// <summary>A lease from now on, to be renewed after two thirds of it.</summary>
    public static VaultLease Of(string token, long seconds, bool isRenewable, DateTimeOffset now)
    {
        var granted = TimeSpan.FromSeconds(Math.Clamp(seconds, 0, int.MaxValue));
        return granted == TimeSpan.Zero
            ? new(token)
            : new(token) { RenewAt = now + (granted * 2 / 3), ExpiresAt = now + granted, Granted = granted, IsRenewable = isRenewable };
    }

    /// <inheritdoc />
    public override string ToString() => nameof(VaultLease);
}

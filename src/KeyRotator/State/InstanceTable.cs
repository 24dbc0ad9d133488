namespace KeyRotator.State;

/// <summary>What is known of each provider instance, beyond its keys.</summary>
internal static class InstanceTable
{
    /// <summary>The status of one provider instance; a fresh one where nothing is known.</summary>
    public static async Task<InstanceStatus> LoadAsync(StateTransaction transaction, string provider, CancellationToken cancellationToken)
    {
        var rows = await transaction
            .Prepare(
                """
                SELECT provider, endpoint, first_accepted_at, control_at, control_accepted, unreachable_passes, unreachable_since,
                  recovered_at, hold_since, not_before
                FROM instance_status WHERE provider = @provider
                """)
            .Set("@provider", provider)
            .ReadAsync(Read, cancellationToken);
        return rows.SingleOrDefault() ?? new() { Provider = provider };
    }

    /// <summary>Inserts or replaces it.</summary>
    public static Task SaveAsync(StateTransaction transaction, InstanceStatus status, CancellationToken cancellationToken) => transaction
        .Prepare(
            """
            INSERT INTO instance_status
              (provider, endpoint, first_accepted_at, control_at, control_accepted, unreachable_passes, unreachable_since,
              recovered_at, hold_since, not_before)
            VALUES (@provider, @endpoint, @first_accepted_at, @control_at, @control_accepted, @unreachable_passes, @unreachable_since,
              @recovered_at, @hold_since, @not_before)
            ON CONFLICT (provider) DO UPDATE SET endpoint = excluded.endpoint, first_accepted_at = excluded.first_accepted_at,
              control_at = excluded.control_at, control_accepted = excluded.control_accepted,
              unreachable_passes = excluded.unreachable_passes, unreachable_since = excluded.unreachable_since,
              recovered_at = excluded.recovered_at, hold_since = excluded.hold_since, not_before = excluded.not_before
            """)
        .Set("@provider", status.Provider)
        .Set("@endpoint", status.Endpoint)
        .Set("@first_accepted_at", status.FirstAcceptedAt)
        .Set("@control_at", status.ControlAt)
        .Set("@control_accepted", status.ControlAccepted)
        .Set("@unreachable_passes", status.UnreachablePasses)
        .Set("@unreachable_since", status.UnreachableSince)
        .Set("@recovered_at", status.RecoveredAt)
        .Set("@hold_since", status.HoldSince)
        .Set("@not_before", status.NotBefore)
        .ExecuteAsync(cancellationToken);

    private static InstanceStatus Read(Row row) => new()
    {
        Provider = row.Text(),
        Endpoint = row.TextOrNull(),
        FirstAcceptedAt = row.TimeOrNull(),
        ControlAt = row.TimeOrNull(),
        ControlAccepted = row.Flag(),
        UnreachablePasses = row.Int(),
        UnreachableSince = row.TimeOrNull(),
        RecoveredAt = row.TimeOrNull(),
        HoldSince = row.TimeOrNull(),
        NotBefore = row.TimeOrNull(),
    };
}

/// <summary>Memory about one provider instance.</summary>
internal sealed record InstanceStatus
{
    /// <summary>The instance's configured name.</summary>
    public required string Provider { get; init; }

    /// <summary>Digest of what is asked under that name, or null where it was never noted. All that follows was learned there.</summary>
    public string? Endpoint { get; init; }

    /// <summary>When a key of it was first accepted (UTC): from then on a "wrong key or wrong place" is about the key.</summary>
    public DateTimeOffset? FirstAcceptedAt { get; init; }

    /// <summary>When the negative control last gave a usable answer (UTC).</summary>
    public DateTimeOffset? ControlAt { get; init; }

    /// <summary>True where that answer was Accepted: nothing this instance accepts counts.</summary>
    public bool ControlAccepted { get; init; }

    /// <summary>How many whole passes in a row found every key unreachable.</summary>
    public int UnreachablePasses { get; init; }

    /// <summary>When the first of them ended (UTC), or null.</summary>
    public DateTimeOffset? UnreachableSince { get; init; }

    /// <summary>When a pass last found a key reachable again (UTC), or null.</summary>
    public DateTimeOffset? RecoveredAt { get; init; }

    /// <summary>Since when rejections are held back (UTC), or null.</summary>
    public DateTimeOffset? HoldSince { get; init; }

    /// <summary>Not to be asked before then (UTC), by the provider's Retry-After, or null.</summary>
    public DateTimeOffset? NotBefore { get; init; }
}

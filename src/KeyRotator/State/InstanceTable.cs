namespace KeyRotator.State;

/// <summary>What is known of each provider instance and each store, beyond its keys.</summary>
internal static class InstanceTable
{
    /// <summary>The status of one provider instance; a fresh one where nothing is known.</summary>
    public static Task<InstanceStatus> LoadAsync(StateTransaction transaction, string provider, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>Inserts or replaces it.</summary>
    public static Task SaveAsync(StateTransaction transaction, InstanceStatus status, CancellationToken cancellationToken) => throw new NotImplementedException();
}

/// <summary>Memory about one provider instance.</summary>
internal sealed record InstanceStatus
{
    /// <summary>The instance's configured name.</summary>
    public required string Provider { get; init; }

    /// <summary>When a key of it was first accepted (UTC): from then on a "wrong key or wrong place" is about the key.</summary>
    public DateTimeOffset? FirstAcceptedAt { get; init; }

    /// <summary>When the negative control last gave a usable answer (UTC).</summary>
    public DateTimeOffset? ControlAt { get; init; }

    /// <summary>True where that answer was Accepted: nothing this instance accepts counts.</summary>
    public bool ControlAccepted { get; init; }

    /// <summary>How many whole passes in a row found every key unreachable.</summary>
    public int UnreachablePasses { get; init; }

    /// <summary>Since when rejections are held back (UTC), or null.</summary>
    public DateTimeOffset? HoldSince { get; init; }

    /// <summary>Not to be asked before then (UTC), by the provider's Retry-After, or null.</summary>
    public DateTimeOffset? NotBefore { get; init; }
}

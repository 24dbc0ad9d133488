using KeyRotator.Alerts;

namespace KeyRotator.Ledger;

/// <summary>What would become of an alert. The names are a contract.</summary>
internal enum PreviewState
{
    /// <summary>It is sent with the next pass.</summary>
    Due = 0,

    /// <summary>It is sent later: its time has not come.</summary>
    Later,

    /// <summary>It waits to be told together with others.</summary>
    Grouped,

    /// <summary>An outage explains it, and holds it back.</summary>
    HeldBack,

    /// <summary>Somebody looks after it.</summary>
    Acknowledged,

    /// <summary>A silence keeps it.</summary>
    Silenced,

    /// <summary>Its channel takes no messages.</summary>
    ChannelDisabled,

    /// <summary>Its channel is configured no more.</summary>
    ChannelUnknown,

    /// <summary>No route brings it to anybody.</summary>
    Nobody,

    /// <summary>It was told, and nobody is reminded of it.</summary>
    Told,
}

/// <summary>What one channel would be told of one finding.</summary>
/// <param name="Alert">The message as it waits, or as it would be made.</param>
/// <param name="Channel">Configured channel, or null where nobody is told.</param>
/// <param name="State">What would become of it.</param>
/// <param name="At">When (UTC), or null where that is not known.</param>
/// <param name="Why">Why not now, a few words; null where it is sent now.</param>
internal sealed record PreviewLine(Alert Alert, string? Channel, PreviewState State, DateTimeOffset? At, string? Why);

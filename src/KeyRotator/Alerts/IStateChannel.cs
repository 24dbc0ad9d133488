namespace KeyRotator.Alerts;

/// <summary>A kind of receiver that keeps state itself: it is not sent messages, but all that fires, again and again.</summary>
internal interface IStateChannel
{
    /// <summary>What the receiver tells alerts apart by. Findings with the same identity are one alert there.</summary>
    string IdentityOf(AlertFinding finding, string? installation);

    /// <summary>The state in parts that it takes in one request each; at least one.</summary>
    IReadOnlyList<Alert> Parts(Alert state);
}

/// <summary>Knows what fires.</summary>
internal interface IAlertStates
{
    /// <summary>What a channel is to be told now: all that fires, and what has ended lately, by <see cref="AlertFinding.ResolvedAt"/>.
    /// What it gives counts as told, so that its end is told too.</summary>
    /// <param name="channel">The channel.</param>
    /// <param name="asked">The state that was asked for, without findings.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    /// <exception cref="State.StateException">The database failed.</exception>
    Task<Alert> ComposeAsync(ChannelSettings channel, Alert asked, CancellationToken cancellationToken);
}

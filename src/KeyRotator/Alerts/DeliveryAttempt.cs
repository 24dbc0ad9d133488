namespace KeyRotator.Alerts;

/// <summary>How one attempt to send a message went.</summary>
/// <param name="Outcome">What became of the message.</param>
/// <param name="Status">HTTP status, or null where no answer came.</param>
/// <param name="Error">A word of <see cref="DeliveryError"/>, or null where it was delivered.</param>
/// <param name="Duration">Time from the first byte sent to the end of the answer.</param>
internal sealed record DeliveryAttempt(DeliveryOutcome Outcome, int? Status, string? Error, TimeSpan Duration)
{
    /// <summary>What the receiver asked for with Retry-After, or null.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>Whether the receiver may have the message although it did not say so: it was sent, and no word came back.</summary>
    public bool MayHaveArrived { get; init; }

    /// <summary>Whether it says something of the receiver, not of this message: then the next message fares no better.</summary>
    public bool ConcernsReceiver => Outcome == DeliveryOutcome.Retry && (RetryAfter is not null || Status is null or 429);

    /// <summary>What happened, one sentence.</summary>
    public string Sentence => this switch
    {
        { Outcome: DeliveryOutcome.Delivered, Status: null } => "It was written.",
        { Outcome: DeliveryOutcome.Delivered } => $"The receiver took it with {Status}.",
        _ => $"The receiver did not take it: {DeliveryError.Explain(Error)}.",
    };
}

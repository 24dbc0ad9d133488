namespace KeyRotator.Alerts;

/// <summary>Tells one receiver the state as it is now, in as many requests as that takes. Whatever part of it is repeated does no
/// harm.</summary>
internal sealed class StatePush(AlertSender sender, IAlertStates? states, TimeProvider time)
{
    // With the attempt under way it ends before the claim's lease does.
    private static readonly TimeSpan s_longest = AlertDispatcher.Lease - AlertSender.Timeout - AlertSender.Timeout;

    /// <summary>One attempt as a whole: delivered where every part was, else what became of the first part that was not.</summary>
    /// <exception cref="State.StateException">The database failed.</exception>
    /// <exception cref="OperationCanceledException">The caller's own token was cancelled.</exception>
    public async Task<DeliveryAttempt> SendAsync(ChannelSettings channel, Alert asked, CancellationToken cancellationToken)
    {
        if (states is null || AlertChannels.Find(channel.Kind) is not IStateChannel kind)
        {
            return new DeliveryAttempt(DeliveryOutcome.Refused, null, DeliveryError.Refused(DeliveryError.Settings), TimeSpan.Zero);
        }

        var started = time.GetTimestamp();
        var attempt = new DeliveryAttempt(DeliveryOutcome.Retry, null, DeliveryError.Timeout, TimeSpan.Zero);
        var state = await states.ComposeAsync(channel, asked, cancellationToken);
        foreach (var part in kind.Parts(state))
        {
            if (time.GetElapsedTime(started) > s_longest)
            {
                return new DeliveryAttempt(DeliveryOutcome.Retry, null, DeliveryError.Timeout, time.GetElapsedTime(started));
            }

            attempt = await sender.SendAsync(channel, part, cancellationToken);
            if (attempt.Outcome is not DeliveryOutcome.Delivered)
            {
                break;
            }
        }

        return attempt with { Duration = time.GetElapsedTime(started) };
    }
}

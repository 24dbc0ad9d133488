using KeyRotator.State;

namespace KeyRotator.Alerts;

/// <summary>When a message that was not delivered is tried again, and when no more.</summary>
internal static class DeliverySchedule
{
    private const double JitterShare = 0.2;
    private static readonly TimeSpan[] s_delays =
    [
        TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(10),
        TimeSpan.FromMinutes(30), TimeSpan.FromHours(1), TimeSpan.FromHours(2), TimeSpan.FromHours(4),
    ];

    /// <summary>Attempts after which a message is given up. The delays between them add up to more than three days, however they
    /// end.</summary>
    public const int MaxAttempts = 26;

    /// <summary>What an attempt means for its message. A failure keeps it until the schedule ends, also where the receiver is gone: it may
    /// come back. A test is tried once.</summary>
    public static DeliveryRecord Record(ClaimedMessage message, DeliveryAttempt attempt, DateTimeOffset now, double jitter)
    {
        var attempts = message.Attempts + 1;
        var record = new DeliveryRecord(message.Sequence, message.Fence, attempt.Outcome, now, null, attempt.Status, attempt.Error)
        {
            MayHaveArrived = attempt.MayHaveArrived,
        };
        return attempt.Outcome switch
        {
            DeliveryOutcome.Delivered or DeliveryOutcome.Refused => record,
            _ when attempts < MaxAttempts && message.Alert is { IsTrial: false, Kind: not AlertKind.Test } =>
                record with { NextAttemptAt = Next(attempts, attempt.RetryAfter, now, jitter) },
            DeliveryOutcome.Gone => record,
            _ => record with { Outcome = DeliveryOutcome.Refused, Error = DeliveryError.Refused(attempt.Error ?? "") },
        };
    }

    /// <summary>The next attempt: not before what the receiver asked for, nor before the schedule allows it.</summary>
    /// <param name="attempts">Attempts made, from 1.</param>
    /// <param name="retryAfter">What the receiver asked for, or null.</param>
    /// <param name="now">When the last attempt ended (UTC).</param>
    /// <param name="jitter">From 0 up to 1: how much of a fifth of the delay is added, so that receivers are not called in step.</param>
    public static DateTimeOffset Next(int attempts, TimeSpan? retryAfter, DateTimeOffset now, double jitter)
    {
        var scheduled = s_delays[Math.Min(attempts, s_delays.Length) - 1];
        var asked = retryAfter ?? TimeSpan.Zero;
        return now + ((scheduled > asked ? scheduled : asked) * (1 + (JitterShare * jitter)));
    }
}

using System.Globalization;
using KeyRotator.Findings;
using KeyRotator.State;

namespace KeyRotator.Alerts;

/// <summary>Says when alerts do not reach a channel.</summary>
internal static class ChannelHealth
{
    private const int Failures = 3;
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(5);

    /// <summary>The claim that a channel fails, or null: three failures in a row over at least five minutes, or a message given up, or the
    /// receiver's word that it
    /// takes no more. The next delivery ends it.</summary>
    public static FindingClaim? Assess(ChannelBacklog backlog, DateTimeOffset now) =>
        backlog.FailingSince is { } since && IsFailing(backlog, since, now) ? Claim(backlog, since) : null;

    private static bool IsFailing(ChannelBacklog backlog, DateTimeOffset since, DateTimeOffset now) =>
        backlog.DisabledAt is not null
        || DeliveryError.IsRefused(backlog.LastError)
        || (backlog.ConsecutiveFailures >= Failures && now - since >= s_patience);

    private static FindingClaim Claim(ChannelBacklog backlog, DateTimeOffset since) => new()
    {
        Key = new FindingKey(FindingSubject.Channel(backlog.Channel), FindingReason.AlertDeliveryFailing, 0, ""),
        Severity = Severity.Critical,
        Message = string.Create(
            CultureInfo.InvariantCulture,
            $"Channel {backlog.Channel} has taken no alert since {since.UtcDateTime:yyyy-MM-dd HH:mm} UTC: ")
            + $"{DeliveryError.Explain(backlog.LastError)}. Try it with alerts test {backlog.Channel}.",
    };
}

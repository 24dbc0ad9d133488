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
    /// receiver's word that it takes no more, until the next delivery; or messages dropped for want of room, until there is room.</summary>
    public static FindingClaim? Assess(ChannelBacklog backlog, DateTimeOffset now)
    {
        List<string> sentences = [];
        if (backlog.FailingSince is { } since && IsFailing(backlog, since, now))
        {
            sentences.Add(string.Create(
                CultureInfo.InvariantCulture,
                $"Channel {backlog.Channel} has taken no alert since {since.UtcDateTime:yyyy-MM-dd HH:mm} UTC: ")
                + $"{DeliveryError.Explain(backlog.LastError)}.");
        }

        if (backlog.GaveWay > 0)
        {
            sentences.Add(string.Create(
                CultureInfo.InvariantCulture,
                $"More alerts wait for channel {backlog.Channel} than there is room for: {backlog.GaveWay} gave way and will not arrive. ")
                + "keyrotator status tells what they told.");
        }

        return sentences.Count > 0 ? Claim(backlog, string.Join(' ', sentences)) : null;
    }

    private static bool IsFailing(ChannelBacklog backlog, DateTimeOffset since, DateTimeOffset now) =>
        backlog.DisabledAt is not null
        || DeliveryError.IsRefused(backlog.LastError)
        || (backlog.ConsecutiveFailures >= Failures && now - since >= s_patience);

    private static FindingClaim Claim(ChannelBacklog backlog, string message) => new()
    {
        Key = new FindingKey(FindingSubject.Channel(backlog.Channel), FindingReason.AlertDeliveryFailing, 0, ""),
        Severity = Severity.Critical,
        Message = $"{message} {Advice(backlog)}",
    };

    private static string Advice(ChannelBacklog backlog) => backlog.DisabledAt is null
        ? $"Try it with alerts test {backlog.Channel}."
        : $"It gets no more until keyrotator alerts enable {backlog.Channel}.";
}

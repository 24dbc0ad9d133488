namespace KeyRotator.Alerts;

/// <summary>What a watchdog is asked, and what its answers mean. Pure.</summary>
internal static class HeartbeatChannel
{
    /// <summary>Builds the request: a GET of the address as it is, with nothing of ours in it.</summary>
    /// <exception cref="FormatException">The address cannot be used.</exception>
    public static HttpRequestMessage CreateRequest(HeartbeatSettings heartbeat) =>
        new(HttpMethod.Get, new Uri(heartbeat.Url.Reveal()));

    /// <summary>The word for an answer, or null where it is a success.</summary>
    public static string? ReadAnswer(int status) => status switch
    {
        >= 200 and <= 299 => null,
        >= 300 and <= 399 => DeliveryError.Redirect,
        _ => DeliveryError.OfStatus(status),
    };
}

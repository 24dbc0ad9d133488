namespace KeyRotator.Alerts;

/// <summary>Lines of JSON for log pipelines: the webhook's body, one message a line.</summary>
/// <remarks>The service writes to its standard output, every other verb to standard error, where nothing else reads data.</remarks>
internal sealed class StdoutChannel : IAlertChannel, ILineChannel
{
    /// <inheritdoc />
    public string Kind => "stdout";

    /// <inheritdoc />
    /// <remarks>Nothing is ever sent there.</remarks>
    public Uri DefaultUrl { get; } = new("urn:keyrotator:stdout");

    /// <inheritdoc />
    public byte[] CreateLine(Alert alert) => [.. WebhookBody.Write(alert), (byte)'\n'];

    /// <inheritdoc />
    /// <remarks>The line once more, so that it is held to what holds for all kinds.</remarks>
    public HttpRequestMessage CreateRequest(Alert alert, ChannelSettings channel, DateTimeOffset now) =>
        new(HttpMethod.Post, channel.Url.Reveal()) { Content = new ByteArrayContent(CreateLine(alert)) };

    /// <inheritdoc />
    public DeliveryOutcome ReadAnswer(int status, ReadOnlySpan<byte> body) => status switch
    {
        >= 200 and <= 299 => DeliveryOutcome.Delivered,
        410 => DeliveryOutcome.Gone,
        _ => DeliveryOutcome.Retry,
    };
}

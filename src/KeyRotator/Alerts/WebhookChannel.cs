using System.Net.Http.Headers;
using KeyRotator.Secrets;

namespace KeyRotator.Alerts;

/// <summary>Any receiver of JSON over HTTP: the body of <see cref="WebhookBody"/>, signed as Standard Webhooks describes.</summary>
/// <remarks>Headers: <c>webhook-id</c> (stable over retries), <c>webhook-timestamp</c> (renewed at each attempt) and, where a secret is
/// configured,
/// <c>webhook-signature</c>, with the current and the previous secret while both are set. Source: the Standard Webhooks specification, read
/// 2026-10.</remarks>
internal sealed class WebhookChannel : IAlertChannel
{
    /// <inheritdoc />
    public string Kind => "webhook";

    /// <inheritdoc />
    public HttpRequestMessage CreateRequest(Alert alert, ChannelSettings channel, DateTimeOffset now)
    {
        var isEvent = channel.Format is WebhookFormat.CloudEvents;
        var body = isEvent ? WebhookBody.WriteEvent(alert) : WebhookBody.Write(alert);
        var timestamp = StandardWebhookSignature.Timestamp(now);
        var request = new HttpRequestMessage(HttpMethod.Post, channel.Url.Reveal()) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue(isEvent ? "application/cloudevents+json" : "application/json");
        request.Headers.Add("webhook-id", alert.Id);
        request.Headers.Add("webhook-timestamp", timestamp);
        var keys = SigningKeys(channel);
        if (keys.Count > 0)
        {
            request.Headers.Add("webhook-signature", StandardWebhookSignature.Create(alert.Id, timestamp, body, keys));
        }

        return request;
    }

    /// <inheritdoc />
    /// <remarks>Only 410 is final: whatever else a receiver says today it may take tomorrow, and the schedule ends by itself.</remarks>
    public DeliveryOutcome ReadAnswer(int status, ReadOnlySpan<byte> body) => status switch
    {
        >= 200 and <= 299 => DeliveryOutcome.Delivered,
        410 => DeliveryOutcome.Gone,
        _ => DeliveryOutcome.Retry,
    };

    private static List<byte[]> SigningKeys(ChannelSettings channel)
    {
        SecretValue?[] secrets = [channel.Secret, channel.PreviousSecret];
        return [.. secrets.OfType<SecretValue>().Select(secret => SigningSecret.Decode(secret.Reveal()))];
    }
}

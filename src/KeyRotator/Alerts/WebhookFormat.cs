namespace KeyRotator.Alerts;

/// <summary>The form of a webhook's body.</summary>
public enum WebhookFormat
{
    /// <summary>As Standard Webhooks suggests: type, timestamp, data.</summary>
    Standard = 0,

    /// <summary>CloudEvents 1.0 in structured mode, around the same data.</summary>
    CloudEvents,
}

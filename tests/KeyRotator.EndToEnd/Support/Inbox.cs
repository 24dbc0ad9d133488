using KeyRotator.Demo;

namespace KeyRotator.EndToEnd.Support;

/// <summary>What the receiver of alerts got.</summary>
internal sealed class Inbox(WebhookReceiver receiver)
{
    private static readonly TimeSpan s_bound = TimeSpan.FromMinutes(3);
    private readonly List<ReceivedMessage> _all = [];

    /// <summary>Every message so far, repeats too.</summary>
    public IReadOnlyList<ReceivedMessage> All
    {
        get
        {
            Take();
            return _all;
        }
    }

    /// <summary>What came since the last call, a line <c>Kind Reason Subject</c> for each finding, in order.</summary>
    public IReadOnlyList<string> Take()
    {
        var lines = new List<string>();
        while (receiver.Messages.TryRead(out var message))
        {
            _all.Add(message);
            lines.AddRange(Lines(message));
        }

        return lines;
    }

    /// <summary>Waits for the next message.</summary>
    public async Task<IReadOnlyList<string>> NextAsync(CancellationToken cancellationToken)
    {
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        bound.CancelAfter(s_bound);
        _all.Add(await receiver.Messages.ReadAsync(bound.Token));
        return Lines(_all[^1]);
    }

    public static IReadOnlyList<string> Lines(ReceivedMessage message) =>
        [.. DemoAlert.Of(message).Select(alert => $"{alert.Kind} {alert.Reason} {alert.Subject}")];
}

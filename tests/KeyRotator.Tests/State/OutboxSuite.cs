using KeyRotator.Alerts;
using KeyRotator.Findings;
using KeyRotator.State;

namespace KeyRotator.Tests.State;

/// <summary>What tests of the outbox share.</summary>
public abstract class OutboxSuite<TEngine> : StateSuite<TEngine>
    where TEngine : ITestEngine, new()
{
    private protected static OutboxMessage Message(long? finding, string channel = "ops", string occasion = "trigger") =>
        new(finding, channel, occasion, Alert($"{finding}/{occasion}", Now), Now);

    private protected static Alert Alert(string id, DateTimeOffset at) =>
        new() { Id = id, Kind = AlertKind.Trigger, At = at, Severity = Severity.Critical };

    private protected Task EnqueueAsync(params OutboxMessage[] messages) =>
        WriteAsync(transaction => OutboxTable.EnqueueAsync(transaction, messages, Cancel));

    private protected Task<IReadOnlyList<ClaimedMessage>> ClaimAsync(DateTimeOffset? now = null, int limit = 100, string channel = "ops") =>
        WriteAsync(transaction => OutboxTable.ClaimAsync(transaction, channel, now ?? Now, TimeSpan.FromMinutes(1), limit, Cancel));

    private protected Task<bool> DeliverAsync(ClaimedMessage claimed) => RecordAsync(claimed, DeliveryOutcome.Delivered);

    private protected Task<bool> RecordAsync(
        ClaimedMessage claimed,
        DeliveryOutcome outcome,
        DateTimeOffset? next = null,
        DateTimeOffset? at = null,
        string? error = null,
        bool mayHaveArrived = false)
    {
        var record = new DeliveryRecord(claimed.Sequence, claimed.Fence, outcome, at ?? Now, next, null, error)
        {
            MayHaveArrived = mayHaveArrived,
        };
        return WriteAsync(transaction => OutboxTable.RecordAsync(transaction, record, Cancel));
    }

    private protected Task<IReadOnlyList<ChannelBacklog>> BacklogAsync() =>
        ReadAsync(transaction => OutboxTable.BacklogAsync(transaction, Cancel));
}

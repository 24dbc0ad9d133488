using KeyRotator.Cli;
using KeyRotator.Findings;
using KeyRotator.Keys;
using KeyRotator.State;
using KeyRotator.Validation;

namespace KeyRotator.Tests.Cli;

/// <summary>A check pass that records what a test tells it to, and keeps what it was asked.</summary>
internal sealed class ScriptedPass : ICheckPass
{
    private Workbench? _workbench;

    public CheckPassRequest? Request { get; private set; }

    public Dictionary<string, KeyStatus> Statuses { get; } = [];

    public List<FindingClaim> Claims { get; } = [];

    public Exception? Fault { get; set; }

    public int AlertsDelivered { get; set; }

    public bool NeedsOperator { get; set; }

    /// <summary>What the pass does besides.</summary>
    public Func<Task>? Recorded { get; set; }

    public ScriptedPass Over(Workbench workbench)
    {
        _workbench = workbench;
        return this;
    }

    public void Finds(FindingSubject subject, FindingReason reason, Severity severity, string message = "Something is wrong.") =>
        Claims.Add(new() { Key = new FindingKey(subject, reason, 1, ""), Severity = severity, Message = message });

    public async Task<CheckPassResult> RunAsync(
        CheckPassRequest request, IProgress<CheckProgress> progress, CancellationToken cancellationToken)
    {
        Request = request;
        cancellationToken.ThrowIfCancellationRequested();
        progress.Report(new CheckProgress(1, 1, 0));
        if (Fault is not null)
        {
            throw Fault;
        }

        var now = _workbench!.Time.GetUtcNow();
        await RecordAsync(_workbench.Database, now, cancellationToken);
        await (Recorded?.Invoke() ?? Task.CompletedTask);
        return new CheckPassResult { CheckedAt = now, Checked = 1, AlertsDelivered = AlertsDelivered, NeedsOperator = NeedsOperator };
    }

    public async Task RecordAsync(StateDatabase database, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var transaction = await database.BeginWriteAsync(cancellationToken);
        await KeyStatusTable.SaveAsync(transaction, [.. Statuses.Values], cancellationToken);
        await CheckHistoryTable.RecordAsync(transaction, [.. Statuses.Values], cancellationToken);
        foreach (var claim in Claims)
        {
            await FindingTable.InsertAsync(transaction, claim, now, null, null, cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
    }
}

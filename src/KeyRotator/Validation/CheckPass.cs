using System.Collections.Concurrent;
using KeyRotator.Findings;
using KeyRotator.Keys;
using KeyRotator.Ledger;
using KeyRotator.Providers;
using KeyRotator.State;

namespace KeyRotator.Validation;

/// <summary>One pass over keys: every instance side by side, then the stores, then the alerts.</summary>
internal sealed class CheckPass(CheckEnvironment environment, Inventory inventory, FindingWriter findings, PassAlerts alerts) : ICheckPass
{
    private readonly ConcurrentDictionary<string, InstancePacer> _pacers = new(StringComparer.Ordinal);

    /// <inheritdoc />
    public async Task<CheckPassResult> RunAsync(CheckPassRequest request, IProgress<CheckProgress> progress, CancellationToken cancellationToken)
    {
        var startedAt = environment.Time.GetUtcNow();
        var keys = request.Keys ?? environment.Settings.Keys;
        var tally = new StoreTally();
        var meter = new ProgressMeter(keys.Count, progress);
        var runner = new InstanceRunner(environment, new CheckRecorder(environment, inventory, findings));
        var instances = keys.GroupBy(key => key.Provider, StringComparer.Ordinal)
            .Select(group => runner.RunAsync(Scope(group.Key, request, tally, startedAt), [.. group], meter, cancellationToken));
        await Task.WhenAll(instances);
        await SettleAsync(tally, request.Keys is null, cancellationToken);
        var delivery = await alerts.FinishAsync(request.SendAlerts ? AlertSending.Now : AlertSending.Later, cancellationToken);
        return new CheckPassResult
        {
            CheckedAt = startedAt,
            Checked = meter.Done,
            Rejected = meter.Rejected,
            Skipped = meter.Skipped,
            StoreFailures = tally.Failures,
            AlertsDelivered = delivery.Delivered,
            AlertsWaiting = delivery.Waiting,
        };
    }

    private InstanceScope Scope(string name, CheckPassRequest request, StoreTally tally, DateTimeOffset startedAt)
    {
        var instance = environment.Settings.Providers[name];
        var provider = KeyProviders.Find(instance.Kind) ?? throw new InvalidOperationException($"Provider kind {instance.Kind} is not registered.");
        return new(environment, instance, provider, tally, startedAt)
        {
            Pacer = _pacers.GetOrAdd(name, _ => new InstancePacer(environment.Concurrency, instance.RequestsPerMinute, environment.Time)),
            IgnoreCadence = request.IgnoreCadence,
            EndsAt = startedAt + request.Budget,
        };
    }

    private async Task SettleAsync(StoreTally tally, bool isWhole, CancellationToken cancellationToken)
    {
        var now = environment.Time.GetUtcNow();
        await using var transaction = await environment.State.BeginWriteAsync(cancellationToken);
        var session = findings.Begin(transaction);
        foreach (var (store, count) in tally.Counts)
        {
            await SettleAsync(session, store, count, now, cancellationToken);
        }

        if (isWhole)
        {
            await session.ResolveOrphansAsync(environment.Settings, now, cancellationToken);
        }

        await session.FlushAsync(now, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    private async Task SettleAsync(LedgerSession session, string store, StoreCount count, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var open = await FindingTable.OpenAboutAsync(session.Transaction, [FindingSubject.Store(store)], cancellationToken);
        IReadOnlyList<Finding> unavailable = [.. open.Where(finding => finding.Key.Reason is FindingReason.StoreUnavailable)];
        var claims = StoreClaims.Of(store, count);
        if (unavailable.Count > 0 && claims.Count == 0 && await IsPartUnreadAsync(session.Transaction, store, cancellationToken))
        {
            return;
        }

        await session.WriteAsync(FindingLedger.Compare(unavailable, claims), new FindingTerms { At = now }, cancellationToken);
    }

    // A pass that read some of a store's keys says nothing of those that could not be read before it.
    private async Task<bool> IsPartUnreadAsync(StateTransaction transaction, string store, CancellationToken cancellationToken)
    {
        var unread = await KeyStatusTable.UnreadAsync(transaction, cancellationToken);
        return unread.Any(id => inventory.Find(id) is { Suspended: false } key && key.Primary.Store == store);
    }
}

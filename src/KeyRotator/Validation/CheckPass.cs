using System.Collections.Concurrent;
using KeyRotator.Discovery;
using KeyRotator.Keys;
using KeyRotator.Ledger;
using KeyRotator.Providers;
using KeyRotator.State;

namespace KeyRotator.Validation;

/// <summary>One pass over keys: every instance side by side, then the stores, then the alerts. Several passes may run at once.</summary>
internal sealed class CheckPass(
    CheckEnvironment environment, FindingWriter findings, PassAlerts alerts, KeyDiscovery discovery) : ICheckPass
{
    private readonly ConcurrentDictionary<string, InstancePacer> _pacers = new(StringComparer.Ordinal);
    private readonly StoreListings _listings = new(environment);
    private readonly ListingWorth _worth = new(environment);
    private readonly InventoryRecorder _inventory = new(environment, findings);
    private readonly StoreRecorder _stores = new(environment.Inventories.Inventory);
    private readonly UsageRecorder _usage = new(environment.Stores);
    private readonly SlotGate _settling = new(static () => 1);

    /// <inheritdoc />
    public async Task<CheckPassResult> RunAsync(
        CheckPassRequest request, IProgress<CheckProgress> progress, CancellationToken cancellationToken)
    {
        var startedAt = environment.Time.GetUtcNow();
        var keys = request.Keys ?? await WholeAsync(cancellationToken);
        var tally = new StoreTally();
        var meter = new ProgressMeter(keys.Count, progress);
        var runner = new InstanceRunner(environment, new CheckRecorder(environment, environment.Inventories.Inventory, findings));
        var groups = keys.GroupBy(key => key.Provider, StringComparer.Ordinal).ToList();
        await _inventory.ForgetMovedAsync([.. groups.Select(group => group.Key)], cancellationToken);
        var worth = await _worth.WeighAsync(groups, request.IgnoreCadence, cancellationToken);
        var listings = new PassListings(_listings, worth, cancellationToken);
        var instances = groups.Select(
            group => runner.RunAsync(Scope(group.Key, request, tally, startedAt, listings), [.. group], meter, cancellationToken));
        await Task.WhenAll(instances);
        await _settling.EnterAsync(cancellationToken);
        try
        {
            await SettleAsync(tally, startedAt, cancellationToken);
        }
        finally
        {
            _settling.Leave();
        }

        if (request.Keys is null)
        {
            await _inventory.ResolveOrphansAsync(cancellationToken);
            await StatePruning.StepAsync(environment.State, startedAt, cancellationToken);
        }

        var delivery = await alerts.FinishAsync(request.SendAlerts ? AlertSending.Now : AlertSending.Later, cancellationToken);
        return new CheckPassResult
        {
            CheckedAt = startedAt,
            Checked = meter.Done,
            Rejected = meter.Rejected,
            Skipped = meter.Rested,
            PutOff = meter.PutOff,
            StoreFailures = tally.Failures,
            AlertsDelivered = delivery.Delivered,
            AlertsWaiting = delivery.Waiting,
        };
    }

    private async Task<IReadOnlyList<ManagedKey>> WholeAsync(CancellationToken cancellationToken)
    {
        await discovery.RunAsync(cancellationToken);
        return environment.Inventories.Inventory.Keys;
    }

    private InstanceScope Scope(string name, CheckPassRequest request, StoreTally tally, DateTimeOffset startedAt, PassListings listings)
    {
        var instance = environment.Settings.Providers[name];
        var provider = KeyProviders.Find(instance.Kind) ?? throw new InvalidOperationException(
            $"Provider kind {instance.Kind} is not registered.");
        return new(environment, instance, provider, tally, startedAt)
        {
            Pacer = _pacers.GetOrAdd(
                name,
                _ => new InstancePacer(environment.Concurrency, instance.RequestsPerMinute, environment.Time, environment.Share)),
            Listings = listings,
            IgnoreCadence = request.IgnoreCadence,
            EndsAt = startedAt + request.Budget,
        };
    }

    private async Task SettleAsync(StoreTally tally, DateTimeOffset startedAt, CancellationToken cancellationToken)
    {
        var now = environment.Time.GetUtcNow();
        await using var transaction = await environment.State.BeginWriteAsync(cancellationToken);
        var session = findings.Begin(transaction);
        await _stores.SettleAsync(session, tally.Counts, now, cancellationToken);
        await session.FlushAsync(now, cancellationToken);
        var added = await _usage.AddAsync(transaction, startedAt, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        added();
    }
}

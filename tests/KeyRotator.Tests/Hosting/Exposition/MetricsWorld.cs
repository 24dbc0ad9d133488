using KeyRotator.Alerts;
using KeyRotator.Configuration;
using KeyRotator.Findings;
using KeyRotator.Hosting.Exposition;
using KeyRotator.Keys;
using KeyRotator.Providers;
using KeyRotator.State;
using KeyRotator.Tests.Metrics;
using KeyRotator.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace KeyRotator.Tests.Hosting.Exposition;

/// <summary>Keys in a database, and what is told of them.</summary>
internal sealed class MetricsWorld : IAsyncDisposable
{
    private readonly Settings _settings;
    private readonly Inventory _inventory;

    private MetricsWorld(StateDatabase state, ManualClock clock, ManagedKey[] keys)
    {
        (State, Clock) = (state, clock);
        _settings = new()
        {
            Database = new DatabaseSettings(),
            Providers = new Dictionary<string, ProviderInstance> { ["mistral"] = A.Instance("mistral") with { RequestsPerMinute = 600 } },
            Channels = new Dictionary<string, ChannelSettings> { ["ops"] = new() { Name = "ops", Kind = "stdout", Url = new("https://ops.example") } },
            Keys = keys,
        };
        _inventory = new(keys);
        Sources = new()
        {
            State = state,
            Engine = "sqlite",
            Time = clock,
            Parts = () => new(_settings, _inventory, [], new Dictionary<AttemptKind, long> { [new("ops", "delivered")] = 3 }),
        };
        Collector = new(Sources, NullLogger<MetricsCollector>.Instance);
    }

    public StateDatabase State { get; }

    public ManualClock Clock { get; }

    public MetricSources Sources { get; }

    public MetricsCollector Collector { get; }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static async Task<MetricsWorld> StartAsync(params ManagedKey[] keys)
    {
        var clock = new ManualClock();
        return new(await StateDatabase.OpenAsync(null, clock, Token), clock, keys);
    }

    public Task SaveAsync(params KeyStatus[] statuses) =>
        WriteAsync(transaction => KeyStatusTable.SaveAsync(transaction, statuses, Token));

    public Task OpenAsync(FindingSubject subject, FindingReason reason, Severity severity, DateTimeOffset at, DateTimeOffset? heldUntil = null, string mark = "") =>
        WriteAsync(transaction => FindingTable.InsertAsync(
            transaction, new() { Key = new(subject, reason, 1, mark), Severity = severity, Message = "Said so." }, at, heldUntil, null, Token));

    public async Task WriteAsync(Func<StateTransaction, Task> work)
    {
        await using var transaction = await State.BeginWriteAsync(Token);
        await work(transaction);
        await transaction.CommitAsync(Token);
    }

    /// <summary>What a reader sees.</summary>
    public async Task<string> ScrapeAsync() => await Rendered.TextAsync(await Collector.CollectAsync(Token));

    public async ValueTask DisposeAsync()
    {
        Collector.Dispose();
        await State.DisposeAsync();
    }
}

using KeyRotator.Alerts;
using KeyRotator.Configuration;
using KeyRotator.Findings;
using KeyRotator.Keys;
using KeyRotator.Ledger;
using KeyRotator.Secrets;
using KeyRotator.State;
using KeyRotator.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace KeyRotator.Tests.Alerts;

/// <summary>From the ledger to the receivers, as a service does it: findings open and end, the dispatch comes round every ten seconds, and
/// receivers keep account of what they were told.</summary>
internal sealed class AlertWorld : IAsyncDisposable
{
    private static readonly TimeSpan s_round = TimeSpan.FromSeconds(10);

    // A drain that waited for this clock would wait for ever: what is not due at once is the next round's.
    private static readonly TimeSpan s_noWait = TimeSpan.FromTicks(1);

    private readonly Settings _settings;
    private readonly FindingWriter _findings;
    private AlertDispatcher _dispatcher;
    private PassAlerts _alerts;

    private AlertWorld(StateDatabase state, ManualClock clock, AlertRoute route, IEnumerable<ManagedKey> keys)
    {
        (State, Clock) = (state, clock);
        _settings = new()
        {
            Database = new DatabaseSettings(),
            Keys = [.. keys],
            Providers = new[] { A.Instance("mistral"), A.Instance("openai") }.ToDictionary(instance => instance.Name),
            Stores = new Dictionary<string, StoreSettings> { ["local"] = new() { Name = "local", Kind = "memory" } },
            Channels = new Dictionary<string, ChannelSettings>
            {
                ["ops"] = AnAlert.Channel("ops", "https://ops.example/hook"),
                ["pager"] = AnAlert.Channel("pager", "https://pager.example") with
                {
                    Kind = "pagerduty",
                    ApiKey = new SecretValue(new string('a', 32)),
                },
            },
            Routes = [route],
        };
        _findings = new FindingWriter(_settings, new Inventory(_settings.Keys), state.InstallationId);
        Restart();
    }

    public StateDatabase State { get; }

    public ManualClock Clock { get; }

    /// <summary>What the webhook was told.</summary>
    public ToldReceiver Ops { get; } = new();

    /// <summary>What PagerDuty was told.</summary>
    public ToldReceiver Pager { get; } = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static async Task<AlertWorld> StartAsync(AlertRoute route, params IEnumerable<ManagedKey> keys)
    {
        var clock = new ManualClock();
        return new(await StateDatabase.OpenAsync(null, clock, Token), clock, route, keys);
    }

    /// <summary>A finding about a key, as an assessment claims it.</summary>
    public static FindingClaim Claim(
        string key, FindingReason reason = FindingReason.KeyRejected, Severity severity = Severity.Critical, int? rung = null) => new()
        {
            Key = new(FindingSubject.Key(key), reason, 1, ""),
            Severity = severity,
            Message = "Something is wrong with it.",
            Rung = rung,
        };

    /// <summary>What an assessment says now of one subject: what is claimed no more is over.</summary>
    public Task ClaimAsync(FindingSubject subject, params IReadOnlyList<FindingClaim> claims) => ClaimAsync([(subject, claims)]);

    /// <summary>The same of many, in one transaction.</summary>
    public async Task ClaimAsync(IEnumerable<(FindingSubject Subject, IReadOnlyList<FindingClaim> Claims)> all)
    {
        var now = Clock.GetUtcNow();
        await using var transaction = await State.BeginWriteAsync(Token);
        var session = _findings.Begin(transaction);
        foreach (var (subject, claims) in all)
        {
            var open = await FindingTable.OpenAboutAsync(transaction, [subject], Token);
            await session.WriteAsync(FindingLedger.Compare(open, claims), new FindingTerms { At = now }, Token);
        }

        await session.FlushAsync(now, Token);
        await transaction.CommitAsync(Token);
    }

    /// <summary>Time goes by; the dispatch comes round.</summary>
    public async Task PassAsync(TimeSpan time, TimeSpan? round = null)
    {
        for (var left = time; left > TimeSpan.Zero; left -= round ?? s_round)
        {
            await DispatchAsync();
            Clock.Advance(round ?? s_round);
        }

        await DispatchAsync();
    }

    /// <summary>One round. A process that is killed in it is started again.</summary>
    public async Task DispatchAsync()
    {
        await _alerts.QueueDueAsync(Token);
        try
        {
            await _alerts.DeliverAsync(s_noWait, Token);
        }
        catch (KilledException)
        {
            Restart();
        }

        await _alerts.AssessChannelsAsync(Token);
    }

    /// <summary>Another process takes over: what only memory held is gone.</summary>
    [System.Diagnostics.CodeAnalysis.MemberNotNull(nameof(_dispatcher), nameof(_alerts))]
    public void Restart()
    {
        _dispatcher = new AlertDispatcher(
            State, new HttpMessageInvoker(new Post(this)), Clock, new Random(7), NullLogger<AlertDispatcher>.Instance);
        _alerts = new PassAlerts(State, _settings, _findings, _dispatcher, Clock);
    }

    /// <summary>The ledger's open findings.</summary>
    public async Task<IReadOnlyList<Finding>> OpenAsync()
    {
        await using var transaction = await State.BeginReadAsync(Token);
        return await FindingTable.OpenAsync(transaction, Token);
    }

    /// <summary>The reasons of the findings of which messages wait.</summary>
    public async Task<IReadOnlyList<FindingReason>> WaitingAsync()
    {
        await using var transaction = await State.BeginReadAsync(Token);
        return await transaction
            .Prepare("SELECT finding.reason FROM outbox LEFT JOIN finding ON finding.id = finding_id WHERE finished_at IS NULL")
            .ReadAsync(row => row.Member<FindingReason>(), Token);
    }

    /// <summary>How receivers name a finding.</summary>
    public string Name(Finding finding) => AlertIds.OfFinding(State.InstallationId, finding.Id);

    public ValueTask DisposeAsync() => State.DisposeAsync();

    private sealed class Post(AlertWorld world) : HttpMessageHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var receiver = request.RequestUri!.Host == "pager.example" ? world.Pager : world.Ops;
            var id = request.Headers.TryGetValues("webhook-id", out var ids) ? ids.Single() : null;
            return receiver.Take(id, await request.Content!.ReadAsStringAsync(cancellationToken), world.Clock.GetUtcNow());
        }
    }
}

/// <summary>The process ends here.</summary>
internal sealed class KilledException : Exception;

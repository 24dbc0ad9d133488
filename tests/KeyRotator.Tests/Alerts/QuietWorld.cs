using KeyRotator.Alerts;
using KeyRotator.Audit;
using KeyRotator.Configuration;
using KeyRotator.Findings;
using KeyRotator.Keys;
using KeyRotator.Ledger;
using KeyRotator.Providers;
using KeyRotator.Secrets;
using KeyRotator.State;
using KeyRotator.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace KeyRotator.Tests.Alerts;

/// <summary>A ledger with a receiver: what operators say of findings, and what is told of them, by a clock of the test's.</summary>
internal sealed class QuietWorld : IAsyncDisposable
{
    private readonly Settings _settings;
    private readonly FindingWriter _findings;
    private readonly PassAlerts _alerts;

    private QuietWorld(StateDatabase state, ManualClock clock, AlertInbox inbox)
    {
        (State, Clock, Inbox) = (state, clock, inbox);
        state.Actor = new AuditActor("ana", "test");
        ManagedKey[] keys =
        [
            A.Key("chat", "mistral", "local", "chat"),
            A.Key("search", "mistral", "local", "search") with { Environment = "prod", Owner = "team-a" },
        ];
        _settings = new Settings
        {
            Database = new DatabaseSettings(),
            Keys = keys,
            Stores = new Dictionary<string, StoreSettings> { ["local"] = new() { Name = "local", Kind = "memory" } },
            Providers = new Dictionary<string, ProviderInstance> { ["mistral"] = A.Instance("mistral") },
            Channels = new Dictionary<string, ChannelSettings>
            {
                ["ops"] = new() { Name = "ops", Kind = "webhook", Url = new SecretValue("https://ops.example/hook") },
            },
            Routes =
            [
                new AlertRoute
                {
                    Channels = ["ops"],
                    GroupBy = [GroupPart.Finding],
                    GroupWait = TimeSpan.Zero,
                    GroupInterval = TimeSpan.Zero,
                },
            ],
        };
        _findings = new FindingWriter(_settings, new Inventory(keys), state.InstallationId);
        var dispatcher = new AlertDispatcher(state, Inbox.Http.Invoker(), clock, new Random(7), NullLogger<AlertDispatcher>.Instance);
        _alerts = new PassAlerts(state, _settings, _findings, dispatcher, clock);
    }

    public StateDatabase State { get; }

    public ManualClock Clock { get; }

    public AlertInbox Inbox { get; }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static async Task<QuietWorld> StartAsync(string? path = null, ManualClock? clock = null, AlertInbox? inbox = null)
    {
        var time = clock ?? new ManualClock();
        return new QuietWorld(await StateDatabase.OpenAsync(path, time, Token), time, inbox ?? new AlertInbox());
    }

    /// <summary>What a pass says of a key: a finding is opened, grows or goes down its ladder.</summary>
    public Task ClaimAsync(string key, Severity severity = Severity.Critical, int? rung = null, bool isFirstPass = false) =>
        WriteAsync(key, isFirstPass, new FindingClaim
        {
            Key = Expiring(key),
            Severity = severity,
            Message = "It ends soon.",
            Rung = rung,
        });

    /// <summary>What a pass says of a key that nothing is wrong with.</summary>
    public Task ResolveAsync(string key) => WriteAsync(key, false);

    /// <summary>Queues what the clock brought; nothing is sent.</summary>
    public Task QueueAsync() => _alerts.QueueDueAsync(Token);

    /// <summary>Moves on, then does what the service does; returns what was told.</summary>
    public async Task<IReadOnlyList<string>> TickAsync(TimeSpan by) => [.. (await TickFindingsAsync(by)).Select(told => told.Line)];

    /// <summary>The same, with the findings' ids.</summary>
    public async Task<IReadOnlyList<ToldFinding>> TickFindingsAsync(TimeSpan by)
    {
        Clock.Advance(by);
        await QueueAsync();
        await Drive.UntilDone(_alerts.DeliverAsync(PassAlerts.Budget, Token), Clock);
        return Inbox.TakeFindings();
    }

    public Task<IReadOnlyList<string>> TickAsync() => TickAsync(TimeSpan.Zero);

    /// <summary>A whole pass's end, as <c>check</c> has it.</summary>
    public async Task<IReadOnlyList<string>> FinishAsync()
    {
        await Drive.UntilDone(_alerts.FinishAsync(AlertSending.Now, Token), Clock);
        return Inbox.Take();
    }

    public Task AckAsync(string key, TimeSpan length)
    {
        var now = Clock.GetUtcNow();
        return SayAsync(key, new Acknowledgement { By = "ana", At = now, Until = now + length });
    }

    public Task UnackAsync(string key) => SayAsync(key, null);

    public async Task<long> SilenceAsync(TimeSpan length, params string[] matches)
    {
        var now = Clock.GetUtcNow();
        var silence = new Silence
        {
            Matches = [.. matches.Select(text => SilenceMatch.Read(text).Match!)],
            By = "ana",
            Reason = "maintenance",
            Since = now,
            Until = now + length,
        };
        return (await Silences.MakeAsync(silence, Token)).Silence.Id;
    }

    public Task UnsilenceAsync(long id) => Silences.EndAsync([id], _ => { }, Token);

    public async Task<IReadOnlyList<Finding>> OpenAsync()
    {
        await using var transaction = await State.BeginReadAsync(Token);
        return await FindingTable.OpenAsync(transaction, Token);
    }

    public async Task<IReadOnlyList<Silence>> LiveAsync()
    {
        await using var transaction = await State.BeginReadAsync(Token);
        return await SilenceTable.LiveAsync(transaction, Clock.GetUtcNow(), Token);
    }

    public async Task<IReadOnlyList<Silence>> SilencesAsync()
    {
        await using var transaction = await State.BeginReadAsync(Token);
        return await SilenceTable.AllAsync(transaction, Token);
    }

    public async Task ExpediteAsync(long finding)
    {
        await using var transaction = await State.BeginWriteAsync(Token);
        await OutboxTable.ExpediteAsync(transaction, [finding], Clock.GetUtcNow(), Token);
        await transaction.CommitAsync(Token);
    }

    /// <summary>What would be told, in short.</summary>
    public async Task<IReadOnlyList<string>> PreviewAsync()
    {
        var lines = await new AlertPreview(State, _settings, _findings, Clock).ReadAsync(Token);
        return
        [
            .. from line in lines
               let about = line.Alert.Findings is [var only] ? only.Subject : $"{line.Alert.Findings.Count}"
               select $"{line.Alert.Kind} {about} {line.Channel ?? "-"} {line.State} {line.At:HH:mm} {line.Why}",
        ];
    }

    /// <summary>A finding as receivers see it.</summary>
    public AlertFinding Shown(Finding finding) => _findings.Shown(finding);

    public async Task ExecuteAsync(string sql)
    {
        await using var transaction = await State.BeginWriteAsync(Token);
        await transaction.Prepare(sql).ExecuteAsync(Token);
        await transaction.CommitAsync(Token);
    }

    public async Task<IReadOnlyList<string>> AuditedAsync()
    {
        await using var transaction = await State.BeginReadAsync(Token);
        var rows = await AuditTable.PageAsync(transaction, 0, 100, Token);
        return [.. rows.Select(row => $"{row.Actor} {row.Act} {row.TargetKind} {row.Target}: {row.Reason}")];
    }

    public ValueTask DisposeAsync() => State.DisposeAsync();

    private AlertSilences Silences => new(State, _findings, Clock);

    private static FindingKey Expiring(string key) => new(FindingSubject.Key(key), FindingReason.KeyExpiring, 1, "");

    private Task<IReadOnlyList<Finding>> SayAsync(string key, Acknowledgement? ack) => new Acknowledgements(State, _findings, Clock)
        .SayAsync(open => [.. open.Where(finding => finding.Key.Subject.Name == key)], ack, Token);

    private async Task WriteAsync(string key, bool isFirstPass, params FindingClaim[] claims)
    {
        await using var transaction = await State.BeginWriteAsync(Token);
        var session = _findings.Begin(transaction);
        var open = await FindingTable.OpenAboutAsync(transaction, [FindingSubject.Key(key)], Token);
        var terms = new FindingTerms { At = Clock.GetUtcNow(), IsFirstPass = isFirstPass };
        await session.WriteAsync(FindingLedger.Compare(open, claims), terms, Token);
        await session.FlushAsync(Clock.GetUtcNow(), Token);
        await transaction.CommitAsync(Token);
    }
}

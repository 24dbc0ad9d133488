using System.Text.Json;
using KeyRotator.Alerts;
using KeyRotator.Configuration;
using KeyRotator.Findings;
using KeyRotator.Keys;
using KeyRotator.Ledger;
using KeyRotator.Secrets;
using KeyRotator.State;
using KeyRotator.Tests.Support;
using Xunit;

namespace KeyRotator.Tests.Alerts;

/// <summary>A ledger whose findings a test makes, and a receiver of state.</summary>
internal sealed class StateWorld : IAsyncDisposable
{
    private readonly Settings _settings;
    private readonly FindingWriter _findings;

    private StateWorld(StateDatabase database, HttpMessageInvoker http, TimeProvider clock, Settings settings)
    {
        (Database, _settings) = (database, settings);
        _findings = new FindingWriter(settings, new Inventory(settings.Keys), database.InstallationId);
        Clock = clock;
        var dispatcher = new AlertDispatcher(database, http, clock, new Random(7), Log)
        {
            States = new FiringStates(database, settings, _findings, clock),
        };
        Alerts = new PassAlerts(database, settings, _findings, dispatcher, clock);
        Queue = new StateQueue(database, settings, _findings, clock);
    }

    public StateDatabase Database { get; }

    public TimeProvider Clock { get; }

    public PassAlerts Alerts { get; }

    public StateQueue Queue { get; }

    public CapturedLog<AlertDispatcher> Log { get; } = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static async Task<StateWorld> StartAsync(
        HttpMessageInvoker http, TimeProvider clock, Uri? url = null, string? path = null, Func<Settings, Settings>? edit = null)
    {
        var settings = new Settings
        {
            Database = new DatabaseSettings(),
            Keys =
            [
                A.Key() with { Environment = "prod", Owner = "team-search" },
                A.Key("slow") with { Policy = new KeyPolicy { CheckEvery = TimeSpan.FromHours(1) } },
            ],
            Providers = new[] { A.Instance("mistral"), A.Instance("openai") }.ToDictionary(instance => instance.Name),
            Channels = new Dictionary<string, ChannelSettings>
            {
                ["am"] = new()
                {
                    Name = "am",
                    Kind = "alertmanager",
                    Url = new SecretValue((url ?? new("https://am.example/base")).OriginalString),
                },
            },
            Routes = [new AlertRoute { Channels = ["am"] }],
        };
        return new StateWorld(await StateDatabase.OpenAsync(path, clock, Token), http, clock, edit?.Invoke(settings) ?? settings);
    }

    public static FindingClaim Claim(
        string key = "mistral-prod", FindingReason reason =
            FindingReason.KeyExpiring, Severity severity = Severity.Warning, string mark = "") => new()
            {
                Key = new FindingKey(FindingSubject.Key(key), reason, 1, mark),
                Severity = severity,
                Message = $"Something is wrong with {key}{mark}.",
            };

    /// <summary>From now on these hold and no others.</summary>
    public async Task HoldsAsync(params IReadOnlyList<FindingClaim> claims)
    {
        await using var transaction = await Database.BeginWriteAsync(Token);
        var session = _findings.Begin(transaction);
        var open = await FindingTable.OpenAsync(transaction, Token);
        var now = Clock.GetUtcNow();
        await session.WriteAsync(FindingLedger.Compare(open, claims), new FindingTerms { At = now }, Token);
        await session.FlushAsync(now, Token);
        await transaction.CommitAsync(Token);
    }

    /// <summary>Holds all open findings back until then.</summary>
    public async Task HoldBackAsync(DateTimeOffset until)
    {
        await using var transaction = await Database.BeginWriteAsync(Token);
        foreach (var finding in await FindingTable.OpenAsync(transaction, Token))
        {
            await _findings.Begin(transaction).HoldAsync(finding, until, Token);
        }

        await transaction.CommitAsync(Token);
    }

    /// <summary>The service's dispatch.</summary>
    public Task DispatchAsync() => DispatchAsync(TimeSpan.FromSeconds(1));

    /// <summary>The same with another time for it.</summary>
    public async Task DispatchAsync(TimeSpan budget)
    {
        await Alerts.QueueDueAsync(Token);
        await Alerts.DeliverAsync(budget, Token);
    }

    /// <summary>The end of a pass, as <c>check</c> makes it.</summary>
    public Task PassAsync() => Alerts.FinishAsync(AlertSending.Now, Token);

    /// <summary>What stands in the outbox, as <c>occasion attempts outcome</c>.</summary>
    public async Task<IReadOnlyList<string>> OutboxAsync()
    {
        await using var transaction = await Database.BeginReadAsync(Token);
        return await transaction.Prepare("SELECT occasion, attempts, outcome FROM outbox ORDER BY sequence")
            .ReadAsync(row => $"{row.Text()} {row.Long()} {row.TextOrNull()}", Token);
    }

    public async Task<ChannelBacklog> BacklogAsync()
    {
        await using var transaction = await Database.BeginReadAsync(Token);
        return (await OutboxTable.BacklogAsync(transaction, Token)).Single();
    }

    public ValueTask DisposeAsync() => Database.DisposeAsync();
}

/// <summary>An alert as a request named it.</summary>
/// <param name="Name">Alert name, severity and key.</param>
/// <param name="StartsAt">Since when.</param>
/// <param name="EndsAt">Until when.</param>
internal sealed record PushedAlert(string Name, DateTimeOffset StartsAt, DateTimeOffset EndsAt)
{
    public static IReadOnlyList<PushedAlert> Of(RecordedRequest request) =>
        [.. JsonElement.Parse(request.Text).EnumerateArray().Select(Of)];

    private static PushedAlert Of(JsonElement alert)
    {
        var labels = alert.GetProperty("labels");
        return new(
            $"{labels.GetProperty("alertname")} {labels.GetProperty("severity")} {labels.GetProperty("key")}",
            alert.GetProperty("startsAt").GetDateTimeOffset(),
            alert.GetProperty("endsAt").GetDateTimeOffset());
    }
}

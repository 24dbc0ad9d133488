using System.Diagnostics;
using System.Text.Json;
using KeyRotator.Alerts;
using KeyRotator.Findings;
using KeyRotator.Http;
using KeyRotator.Secrets;
using KeyRotator.State;
using Microsoft.Extensions.Logging.Abstractions;

namespace KeyRotator.Benchmarks;

/// <summary>What a subject of the alerts' benchmark did.</summary>
internal sealed record AlertFigures(int Delivered, double PerSecond, double CpuMicroseconds, long PeakKiB);

/// <summary>One subject in a process of its own: fills an outbox, drains it, or posts the same bodies in a bare loop.</summary>
internal static class AlertSubject
{
    public const string Verb = "alert-subject";
    private const int Bodies = 1_000;
    private const int Chunk = 5_000;

    public static async Task<int> RunAsync(BenchmarkOptions options)
    {
        var messages = options.Number("messages", 100_000);
        var url = options.Text("url") ?? "http://localhost/hook";
        var figures = options.Text("do") switch
        {
            "fill" => await MeasureAsync(() => FillAsync(options.Text("folder")!, messages)),
            "drain" => await MeasureAsync(() => DrainAsync(options.Text("folder")!, url)),
            _ => await MeasureAsync(() => PostAsync(url, messages)),
        };
        Console.WriteLine(JsonSerializer.Serialize(figures));
        return 0;
    }

    /// <summary>A message as the ledger queues it.</summary>
    public static OutboxMessage Message(int number, DateTimeOffset now) =>
        new(number, "ops", "trigger", Alert(number, now), now);

    /// <summary>The receiver as a channel.</summary>
    public static ChannelSettings Channel(string url) => new() { Name = "ops", Kind = "webhook", Url = new SecretValue(url) };

    private static async Task<AlertFigures> MeasureAsync(Func<Task<int>> work)
    {
        var (started, cpu) = (Stopwatch.GetTimestamp(), ProcessFigures.OwnCpuSeconds());
        var delivered = await work();
        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        return new(delivered, delivered / seconds, (ProcessFigures.OwnCpuSeconds() - cpu) * 1e6 / delivered, ProcessFigures.PeakKiB());
    }

    private static async Task<int> FillAsync(string folder, int messages)
    {
        await using var state = await OpenAsync(folder);
        foreach (var numbers in Enumerable.Range(1, messages).Chunk(Chunk))
        {
            await using var transaction = await state.BeginWriteAsync(CancellationToken.None);
            var now = TimeProvider.System.GetUtcNow();
            await OutboxTable.EnqueueAsync(transaction, [.. numbers.Select(number => Message(number, now))], CancellationToken.None);
            await transaction.CommitAsync(CancellationToken.None);
        }

        return messages;
    }

    private static async Task<int> DrainAsync(string folder, string url)
    {
        await using var state = await OpenAsync(folder);
        using var http = OutboundHttp.CreateGuarded();
        var dispatcher =
            new AlertDispatcher(state, http, TimeProvider.System, Random.Shared, NullLogger<AlertDispatcher>.Instance);
        return (await dispatcher.DrainAsync(Channel(url), TimeSpan.FromHours(1), CancellationToken.None)).Delivered;
    }

    private static async Task<int> PostAsync(string url, int messages)
    {
        var (kind, channel, now) = (new WebhookChannel(), Channel(url), TimeProvider.System.GetUtcNow());
        var bodies = new List<byte[]>();
        foreach (var number in Enumerable.Range(1, Bodies))
        {
            using var request = kind.CreateRequest(Alert(number, now), channel, now);
            bodies.Add(await request.Content!.ReadAsByteArrayAsync());
        }

        using var http = new HttpClient();
        for (var number = 0; number < messages; number++)
        {
            using var content = new ByteArrayContent(bodies[number % Bodies]);
            content.Headers.ContentType = new("application/json");
            using var response = await http.PostAsync(url, content);
            response.EnsureSuccessStatusCode();
        }

        return messages;
    }

    private static Task<StateDatabase> OpenAsync(string folder) =>
        StateDatabase.OpenAsync(Path.Combine(folder, "alerts.db"), TimeProvider.System, CancellationToken.None);

    private static Alert Alert(int number, DateTimeOffset now) => new()
    {
        Id = $"msg_{number:x24}",
        Kind = AlertKind.Trigger,
        At = now,
        Severity = Severity.Critical,
        Findings =
        [
            new()
            {
                Id = $"fnd_{number:x24}",
                Reason = FindingReason.KeyRejected,
                Severity = Severity.Critical,
                SubjectKind = SubjectKind.Key,
                Subject = $"mistral-prod-{number}",
                Message = "Mistral says twice that the key is invalid. Replace it: keyrotator rotate.",
                OpenedAt = now,
                Provider = "mistral",
                Environment = "prod",
                Owner = "team-search",
                Fingerprint = "3f2a9c01b7de",
                ConsoleUrl = "https://console.mistral.ai/api-keys",
            },
        ],
        Installation = "0123456789abcdef",
    };
}

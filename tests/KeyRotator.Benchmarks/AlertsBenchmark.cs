using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using KeyRotator.Alerts;
using KeyRotator.Hosting;
using KeyRotator.State;
using Microsoft.Extensions.Logging.Abstractions;

namespace KeyRotator.Benchmarks;

/// <summary>The outbox drained beside a bare loop that posts the same bodies; what it needs of memory; and how long a committed message
/// takes to its receiver.</summary>
/// <remarks>Wanted: at least 0.5 of the bare loop's rate, and no more memory for ten times the messages.</remarks>
internal static class AlertsBenchmark
{
    private const double Wanted = 0.5;

    public static async Task<int> RunAsync(BenchmarkOptions options)
    {
        var messages = options.Number("messages", 100_000);
        await using var stub = ChildProgram.Self(HookStub.Verb);
        var url = await stub.ReadLineAsync();
        var (bare, drain) = (new List<AlertFigures>(), new List<AlertFigures>());
        for (var round = 0; round <= options.Number("rounds", 3); round++)
        {
            var (posted, drained) = (await BareAsync(url, messages), await DrainAsync(url, messages));
            await Console.Error.WriteLineAsync($"round {round} bare: {posted.PerSecond:F0}/s, drain: {drained.PerSecond:F0}/s");
            if (round > 0) // The first warms up.
            {
                bare.Add(posted);
                drain.Add(drained);
            }
        }

        var few = await DrainAsync(url, messages / 10);
        Console.WriteLine($"{messages} messages to one receiver, {Environment.ProcessorCount} cores");
        Console.WriteLine($"{"",-8}{"messages/s",12}{"CPU us each",13}{"peak MiB",10}");
        Print("bare", bare);
        Print("drain", drain);
        Console.WriteLine($"drain / bare: {Rate(drain) / Rate(bare):F2} (wanted: {Wanted})");
        Console.WriteLine($"drain of {messages / 10}: {few.PeakKiB / 1024} MiB at most");
        await PrintDelaysAsync(options.Number("samples", 500));
        return drain.All(round => round.Delivered == messages) ? 0 : 1;
    }

    private static Task<AlertFigures> BareAsync(string url, int messages) =>
        SubjectAsync("--do", "bare", "--url", url, "--messages", $"{messages}");

    private static async Task<AlertFigures> DrainAsync(string url, int messages)
    {
        using var folder = new ScratchFolder();
        await SubjectAsync("--do", "fill", "--folder", folder.Path, "--messages", $"{messages}");
        return await SubjectAsync("--do", "drain", "--folder", folder.Path, "--url", url);
    }

    private static async Task<AlertFigures> SubjectAsync(params string[] arguments)
    {
        await using var subject = ChildProgram.Self([AlertSubject.Verb, .. arguments]);
        return JsonSerializer.Deserialize<AlertFigures>(await subject.ReadLineAsync())!;
    }

    private static double Rate(List<AlertFigures> rounds) => Statistics.Median(rounds.Select(round => round.PerSecond));

    private static void Print(string name, List<AlertFigures> rounds)
    {
        var cpu = Statistics.Median(rounds.Select(round => round.CpuMicroseconds));
        Console.WriteLine($"{name,-8}{Rate(rounds),12:F0}{cpu,13:F0}{rounds.Max(round => round.PeakKiB) / 1024,10}");
    }

    // As the service does it: one process commits and sends.
    private static async Task PrintDelaysAsync(int samples)
    {
        using var folder = new ScratchFolder();
        var arrived = new ConcurrentDictionary<string, TaskCompletionSource<long>>();
        using var server = await HookStub.StartAsync((id, at) => arrived.GetOrAdd(id, _ => new()).TrySetResult(at));
        await using var state = await StateDatabase.OpenAsync(
            Path.Combine(folder.Path, "alerts.db"), TimeProvider.System, CancellationToken.None);
        using var live = new LiveRuntime(state, TimeProvider.System, NullLoggerFactory.Instance);
        var channel = AlertSubject.Channel(HookStub.AddressOf(server));
        await live.PutInForceAsync(
            new() { Database = new(), Channels = new Dictionary<string, ChannelSettings> { [channel.Name] = channel } }, CancellationToken.None);
        using var waker = new DispatchWaker(live, TimeProvider.System, NullLogger<DispatchWaker>.Instance);
        await waker.StartAsync(CancellationToken.None);
        var delays = new List<double>();
        for (var sample = 1; sample <= samples; sample++)
        {
            await Task.Delay(Random.Shared.Next(100));
            delays.Add(await DelayAsync(state, sample, arrived));
        }

        await waker.StopAsync(CancellationToken.None);
        double[] sorted = [.. delays.Order()];
        Console.WriteLine(
            $"from commit to receiver, {samples} samples: p50 {At(sorted, 0.5):F1} ms, p90 {At(sorted, 0.9):F1} ms, "
            + $"p99 {At(sorted, 0.99):F1} ms, most {sorted[^1]:F1} ms");
    }

    private static async Task<double> DelayAsync(
        StateDatabase state, int number, ConcurrentDictionary<string, TaskCompletionSource<long>> arrived)
    {
        var message = AlertSubject.Message(number, TimeProvider.System.GetUtcNow());
        await using (var transaction = await state.BeginWriteAsync(CancellationToken.None))
        {
            await OutboxTable.EnqueueAsync(transaction, [message], CancellationToken.None);
            await transaction.CommitAsync(CancellationToken.None);
        }

        var committed = Stopwatch.GetTimestamp();
        var at = await arrived.GetOrAdd(message.Alert.Id, _ => new()).Task;
        return Math.Max(0, Stopwatch.GetElapsedTime(committed, at).TotalMilliseconds);
    }

    private static double At(double[] sorted, double share) => sorted[Math.Min(sorted.Length - 1, (int)(sorted.Length * share))];
}

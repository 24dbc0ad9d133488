using System.Diagnostics;
using KeyRotator.Tests.Support;

namespace KeyRotator.Benchmarks;

/// <summary>The sweep on PostgreSQL beside SQLite, and by several processes that share one database: one stub, rounds in turn, medians.</summary>
internal static class DatabaseBenchmark
{
    private const string Sqlite = "sqlite";
    private const string Variable = "KEYROTATOR_DATABASE";
    private static readonly int[] s_replicas = [1, 2, 3];

    public static async Task<int> RunAsync(BenchmarkOptions options)
    {
        var keys = options.Number("keys", 6_000);
        var programs = options.Text("postgres") ?? Environment.GetEnvironmentVariable("KEYROTATOR_POSTGRES")
            ?? throw new InvalidOperationException("Name the folder with initdb and postgres: --postgres, or KEYROTATOR_POSTGRES.");
        using var folder = new ScratchFolder();
        await using var server = await PostgresServer.StartAsync(programs, isDurable: true);
        await using var stub = ChildProgram.Self("stub", "--models", $"{options.Models}");
        var url = await stub.ReadLineAsync();
        await PreparedFolder.CreateAsync(folder.Path, url, keys);
        var teams = new List<Team>();
        try
        {
            teams.Add(await Team.StartAsync(Sqlite, 1, null, url, folder.Path, keys, options.Concurrency));
            foreach (var replicas in s_replicas)
            {
                var schema = await server.SchemaAsync(CancellationToken.None);
                var database = $"postgres://{PostgresServer.User}:{PostgresServer.Password.Reveal()}@127.0.0.1:{server.Port}/postgres"
                    + $"?schema={schema.Schema}";
                teams.Add(await Team.StartAsync($"postgres x{replicas}", replicas, database, url, folder.Path, keys, options.Concurrency));
            }

            for (var round = 0; round <= options.Number("rounds", 3); round++)
            {
                foreach (var team in teams)
                {
                    var before = await LogAsync(server);
                    await team.RunAsync(keys, isMeasured: round > 0); // the first warms up
                    team.LogBytes = (await LogAsync(server) - before) / keys;
                }
            }

            Print(teams, keys, options.Concurrency);
            return teams.All(team => team.IsWhole) ? 0 : 1;
        }
        finally
        {
            foreach (var team in teams)
            {
                await team.DisposeAsync();
            }
        }
    }

    // How far the server's log has come: what a replica or a backup has to take.
    private static async Task<decimal> LogAsync(PostgresServer server) =>
        (decimal)(await server.RunAsync("SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')", CancellationToken.None))!;

    private static void Print(List<Team> teams, int keys, int concurrency)
    {
        Console.WriteLine($"{keys} keys, {concurrency} at a time in each process, {Environment.ProcessorCount} cores, server and stub beside them");
        Console.WriteLine($"{"",-12}{"checks/s",10}{"CPU us each",13}{"trips a key",13}{"log B a key",13}{"peak MiB each",15}");
        foreach (var team in teams)
        {
            Console.WriteLine($"{team.Name,-12}{team.Rate,10:F0}{team.Cpu,13:F0}{team.Trips,13:F3}{team.LogBytes,13:F0}{team.PeakKiB / 1024,15}");
        }

        var (sqlite, one) = (teams[0], teams[1]);
        Console.WriteLine($"postgres x1 / sqlite: {one.Rate / sqlite.Rate:F2}");
        foreach (var team in teams.Skip(2))
        {
            Console.WriteLine($"{team.Name} / postgres x1: {team.Rate / one.Rate:F2}");
        }
    }

    /// <summary>Processes that share a sweep.</summary>
    private sealed class Team(string name, List<LoadedSubject> members) : IAsyncDisposable
    {
        private readonly List<(double Rate, double Cpu, double Trips)> _rounds = [];

        public string Name => name;

        public double Rate => Statistics.Median(_rounds.Select(round => round.Rate));

        public double Cpu => Statistics.Median(_rounds.Select(round => round.Cpu));

        public double Trips => Statistics.Median(_rounds.Select(round => round.Trips));

        public long PeakKiB { get; private set; }

        /// <summary>Bytes of the server's log for each key of the last round.</summary>
        public decimal LogBytes { get; set; }

        /// <summary>Whether the provider took every key in every round.</summary>
        public bool IsWhole { get; private set; } = true;

        public static async Task<Team> StartAsync(
            string name, int size, string? database, string url, string folder, int keys, int concurrency)
        {
            Environment.SetEnvironmentVariable(Variable, database);
            var members = new List<LoadedSubject>();
            for (var index = 0; index < size; index++)
            {
                members.Add(await Subjects.StartAsync(Subjects.Sweep, url, folder, keys, concurrency, $"{index}/{size}"));
            }

            Environment.SetEnvironmentVariable(Variable, null);
            return new(name, members);
        }

        public async Task RunAsync(int keys, bool isMeasured)
        {
            var watch = Stopwatch.StartNew();
            var rounds = await Task.WhenAll(members.Select((member, index) => member.Program.RoundAsync(Share(keys, index))));
            var rate = keys / watch.Elapsed.TotalSeconds;
            await Console.Error.WriteLineAsync($"{name}: {rate:F0}/s");
            if (isMeasured)
            {
                _rounds.Add((rate, rounds.Sum(round => round.CpuSeconds) / keys * 1e6, (double)rounds.Sum(round => round.RoundTrips) / keys));
                PeakKiB = Math.Max(PeakKiB, rounds.Max(round => round.PeakKiB));
                IsWhole &= rounds.Max(round => round.Accepted) == keys;
            }
        }

        public async ValueTask DisposeAsync()
        {
            foreach (var member in members)
            {
                await member.DisposeAsync();
            }
        }

        private int Share(int keys, int index) => (keys + members.Count - 1 - index) / members.Count;
    }
}

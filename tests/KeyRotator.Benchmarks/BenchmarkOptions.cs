using System.Globalization;

namespace KeyRotator.Benchmarks;

/// <summary>What the command line asks for.</summary>
internal sealed record BenchmarkOptions
{
    public const string Usage = """
        dotnet run -c Release --project tests/KeyRotator.Benchmarks -- NAME [options]

          sweep   requests a second, CPU and memory beside a bare loop, curl and Node
          memory  what the inventory and a sweep of it need
          start   wall time of `check` beside a bare program
          stores  calls a key, time and CPU of reading stores; AWS beside boto3
          rotations  what a rotation costs beside its calls, and open ones a check
          alerts  the outbox drained beside a bare loop, its memory, and the time from commit to receiver
          database  the sweep on PostgreSQL beside SQLite, and by 1, 2 and 3 processes at once
          stub    only the stub provider, until stdin ends

          --keys N         keys a round (sweep 20000, memory 100000, stores 5000, rotations 1000, database 6000)
          --concurrency C  requests under way at a time (32)
          --rounds R       measured rounds, medians are printed (5; start 20, stores 7, alerts 3, database 3)
          --messages N     alerts: messages a round (100000)
          --samples N      alerts: messages whose time to the receiver is taken (500)
          --models M       models in the stub's list (20)
          --only A,B       sweep: only these of bare, sweep, curl, node
          --open N         rotations: open ones during a check (10000)
          --steps N        rotations: steps of a journal that are timed (2000)
          --postgres F     database: folder with initdb and postgres ($KEYROTATOR_POSTGRES)
          --python P       stores: a Python that has boto3 (python3)
          --keyrotator P   start: a published keyrotator; else it is published first
          --bare P         start: a published bare program; else it is published first
        """;

    private readonly Dictionary<string, string> _values = [];

    /// <summary>Requests under way at a time.</summary>
    public int Concurrency => Number("concurrency", 32);

    /// <summary>Models in the stub's list.</summary>
    public int Models => Number("models", 20);

    /// <summary>Takes pairs of <c>--name value</c>; null where that is not what was given.</summary>
    public static BenchmarkOptions? Parse(IReadOnlyList<string> arguments)
    {
        var options = new BenchmarkOptions();
        foreach (var pair in arguments.Chunk(2))
        {
            if (pair is not [['-', '-', .. var name], var value])
            {
                return null;
            }

            options._values[name] = value;
        }

        return options;
    }

    public int Number(string name, int otherwise) => int.Parse(Text(name) ?? $"{otherwise}", CultureInfo.InvariantCulture);

    public string? Text(string name) => _values.GetValueOrDefault(name);
}

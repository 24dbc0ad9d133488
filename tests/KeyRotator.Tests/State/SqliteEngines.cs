using KeyRotator.State;

namespace KeyRotator.Tests.State;

/// <summary>What SQLite's engines have in common.</summary>
public abstract class SqliteTestEngine
{
    public IReadOnlyList<string> LiftingTheAudit { get; } = ["DROP TRIGGER audit_fixed", "DROP TRIGGER audit_kept"];

    public string DurabilityQuery { get; } = "PRAGMA synchronous";

    public string Durable { get; } = "2";
}

/// <summary>A file in a folder of its own.</summary>
public sealed class SqliteFileEngine : SqliteTestEngine, ITestEngine
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("keyrotator-");

    public string Path => System.IO.Path.Combine(_folder.FullName, "state.db");

    public Task<StateDatabase> OpenAsync(TimeProvider time, CancellationToken cancellationToken) =>
        StateDatabase.OpenAsync(Path, time, cancellationToken);

    public void Dispose() => _folder.Delete(recursive: true);
}

/// <summary>Memory. Each opening is a database of its own.</summary>
public sealed class SqliteMemoryEngine : SqliteTestEngine, ITestEngine
{
    public Task<StateDatabase> OpenAsync(TimeProvider time, CancellationToken cancellationToken) =>
        StateDatabase.OpenAsync(null, time, cancellationToken);

    public void Dispose()
    {
    }
}

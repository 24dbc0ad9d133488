namespace KeyRotator.State.Sqlite;

/// <summary>What a test may set.</summary>
internal sealed record SqliteSettings
{
    /// <summary>How many seconds to wait while another process writes. At least one.</summary>
    public int LockWait { get; init; } = 30;

    /// <summary>Tells the type of the file system that holds a path.</summary>
    public Func<string, string> FileSystemOf { get; init; } = FileSystems.TypeOf;

    /// <summary>The schema.</summary>
    public IReadOnlyList<Migration> Migrations { get; init; } = Migration.All();
}

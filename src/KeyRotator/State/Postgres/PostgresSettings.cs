namespace KeyRotator.State.Postgres;

/// <summary>What a test may set.</summary>
internal sealed record PostgresSettings
{
    /// <summary>How long to wait while another process writes. Longer than <see cref="StillLimit"/>, so that nobody gives up because of one
    /// that stands still.</summary>
    public TimeSpan LockWait { get; init; } = TimeSpan.FromSeconds(25);

    /// <summary>How long a step may do nothing before the server ends it.</summary>
    public TimeSpan StillLimit { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>How long to wait for an answer of the server.</summary>
    public TimeSpan AnswerWait { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The schema.</summary>
    public IReadOnlyList<Migration> Migrations { get; init; } = Migration.AllOfPostgres();
}

namespace KeyRotator.Findings;

/// <summary>An operator's word that somebody looks after a finding: nobody is reminded of it meanwhile.</summary>
public sealed record Acknowledgement
{
    /// <summary>Whose word.</summary>
    public required string By { get; init; }

    /// <summary>Since when (UTC).</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>Until when (UTC): then it is brought to mind once more, and as usual from there on.</summary>
    public required DateTimeOffset Until { get; init; }

    /// <summary>Why, or by which ticket; null where nothing was said.</summary>
    public string? Reason { get; init; }

    /// <summary>Whether it holds at that time.</summary>
    public bool Holds(DateTimeOffset now) => TimeLimit.Holds(At, Until, now);
}

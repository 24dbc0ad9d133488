namespace KeyRotator.Keys;

/// <summary>What a rotation does at a location's store beside the value: how far it has come. Immutable.</summary>
public sealed record RotationCare
{
    /// <summary>Nothing was done.</summary>
    public static RotationCare None { get; } = new();

    /// <summary>The old version is pinned, where its store would drop it by itself.</summary>
    public CareStep Pin { get; init; }

    /// <summary>The old version is destroyed, where the key's policy says so.</summary>
    public CareStep Purge { get; init; }

    /// <summary>The secret is marked with the installation and the rotation.</summary>
    public CareStep Mark { get; init; }

    /// <summary>The days (UTC) on which we read the old version after it was superseded, as <c>yyyy-MM-dd</c> with spaces between;
    /// empty for none.</summary>
    public string ReadDays { get; init; } = "";

    /// <summary>The day (UTC) on which somebody else read the old version after it was superseded, as the last look told; null where
    /// nobody did.</summary>
    public DateOnly? ReadByOthersOn { get; init; }

    /// <summary>When it was last looked who reads the old version (UTC); null where it never was, or the store does not tell.</summary>
    public DateTimeOffset? ReadersSeenAt { get; init; }

    /// <summary>Whether something lies at the store that goes with the rotation.</summary>
    public bool IsLeft => Lies(Pin) || Lies(Mark);

    /// <summary>This with a day of ours added.</summary>
    public RotationCare ReadOn(DateOnly day) => ReadOnDay(day) ? this : this with { ReadDays = $"{ReadDays} {Text(day)}".TrimStart() };

    /// <summary>Whether we read the old version on a day.</summary>
    public bool ReadOnDay(DateOnly day) => ReadDays.Split(' ').Contains(Text(day));

    private static string Text(DateOnly day) => day.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);

    private static bool Lies(CareStep step) => step is CareStep.Begun or CareStep.Done or CareStep.Undoing;
}

/// <summary>How far such an act has come. Those that are begun were recorded before their call: found so after a restart, they are done
/// again.</summary>
public enum CareStep
{
    /// <summary>Nothing was done.</summary>
    None = 0,

    /// <summary>It is being done.</summary>
    Begun,

    /// <summary>It is done.</summary>
    Done,

    /// <summary>It is being taken back.</summary>
    Undoing,

    /// <summary>It was taken back.</summary>
    Undone,

    /// <summary>It was not done, or not taken back; the story says why.</summary>
    Skipped,
}

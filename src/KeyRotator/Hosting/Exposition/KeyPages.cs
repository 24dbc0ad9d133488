namespace KeyRotator.Hosting.Exposition;

/// <summary>All keys of the inventory as the database had them.</summary>
/// <param name="Pages">Their rows, in pages.</param>
/// <param name="At">When they were read (UTC).</param>
/// <param name="Duration">How long that took.</param>
internal sealed record KeyPages(IReadOnlyList<KeyRow[]> Pages, DateTimeOffset At, TimeSpan Duration);

using KeyRotator.Keys;
using KeyRotator.Metrics;

namespace KeyRotator.Hosting.Exposition;

/// <summary>What is told of keys.</summary>
internal static class KeySeries
{
    /// <summary>Adds the counts, and each key's own where they are wanted.</summary>
    public static void Add(MetricsSnapshot snapshot, IReadOnlyList<KeyRow[]> pages, bool tellsKeys)
    {
        var rows = pages.SelectMany(page => page);
        snapshot.Add(KeyMetrics.Count, Counts(rows));
        snapshot.Add(KeyMetrics.FirstExpiry, FirstExpiries(rows));
        if (!tellsKeys)
        {
            return;
        }

        snapshot.Add(KeyMetrics.ExpiresAt, Times(rows, row => row.ExpiresAt));
        snapshot.Add(KeyMetrics.ExpiryKnown, rows.Select(row => new Sample(double.IsNaN(row.ExpiresAt) ? 0 : 1, LabelsOf(row.Key))));
        snapshot.Add(
            KeyMetrics.Verdict,
            rows.Select(row => new Sample(1, LabelsOf(row.Key, row.Verdict.ToString(), row.Reason.ToString()))));
        snapshot.Add(KeyMetrics.State, rows.Select(row => new Sample(1, LabelsOf(row.Key, row.State.ToString()))));
        snapshot.Add(KeyMetrics.CheckedAt, Times(rows, row => row.CheckedAt));
        snapshot.Add(KeyMetrics.AcceptedAt, Times(rows, row => row.AcceptedAt));
        snapshot.Add(KeyMetrics.NextCheckAt, Times(rows, row => row.NextCheckAt));
        snapshot.Add(KeyMetrics.FirstSeenAt, Times(rows, row => row.FirstSeenAt));
        snapshot.Add(KeyMetrics.RotationDueAt, Times(rows, row => row.RotationDueAt));
        snapshot.Add(KeyMetrics.RotatedAt, Times(rows, row => row.RotatedAt));
    }

    private static IEnumerable<Sample> Counts(IEnumerable<KeyRow> rows) => rows
        .CountBy(row => (row.Key.Provider, row.Key.Environment, row.State, row.Verdict, row.Reason))
        .OrderBy(entry => entry.Key)
        .Select(entry => new Sample(
            entry.Value,
            entry.Key.Provider,
            entry.Key.Environment,
            entry.Key.State.ToString(),
            entry.Key.Verdict.ToString(),
            entry.Key.Reason.ToString()));

    private static IEnumerable<Sample> FirstExpiries(IEnumerable<KeyRow> rows) => rows
        .Where(row => !double.IsNaN(row.ExpiresAt) && row.State is not KeyState.Suspended)
        .AggregateBy(
            row => (row.Key.Provider, row.Key.Environment),
            double.PositiveInfinity,
            (first, row) => Math.Min(first, row.ExpiresAt))
        .OrderBy(entry => entry.Key)
        .Select(entry => new Sample(entry.Value, entry.Key.Provider, entry.Key.Environment));

    private static IEnumerable<Sample> Times(IEnumerable<KeyRow> rows, Func<KeyRow, double> of) => rows
        .Where(row => !double.IsNaN(of(row)))
        .Select(row => new Sample(of(row), LabelsOf(row.Key)));

    private static string?[] LabelsOf(ManagedKey key, params ReadOnlySpan<string> more) =>
        [key.Id.Value, key.Provider, key.Environment, key.Owner, .. more];
}

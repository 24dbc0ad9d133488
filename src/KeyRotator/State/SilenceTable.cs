using System.Text.Json;
using KeyRotator.Alerts;
using KeyRotator.Findings;

namespace KeyRotator.State;

/// <summary>The silences: decisions of operators, which outlive every configuration.</summary>
internal static class SilenceTable
{
    private const string Columns = "id, matchers, actor, reason, since, until, ended_at, ended_by";

    /// <summary>What holds for a silence that nobody ended and whose time it is; takes <c>@now</c> and <c>@latest</c>.</summary>
    internal const string Holds = "silence.ended_at IS NULL AND silence.until > @now AND silence.since <= @latest";

    /// <summary>Adds one; returns it with its number.</summary>
    public static async Task<Silence> AddAsync(StateTransaction transaction, Silence silence, CancellationToken cancellationToken)
    {
        var ids = await transaction
            .Prepare(
                """
                INSERT INTO silence (matchers, actor, reason, since, until) VALUES (@matchers, @actor, @reason, @since, @until)
                RETURNING id
                """)
            .Set("@matchers", JsonSerializer.Serialize(
                [.. silence.Matches.Select(match => match.ToString())], StateJson.Default.IReadOnlyListString))
            .Set("@actor", silence.By)
            .Set("@reason", silence.Reason)
            .Set("@since", silence.Since)
            .Set("@until", silence.Until)
            .ReadAsync(row => row.Long(), cancellationToken);
        return silence with { Id = ids.Single() };
    }

    /// <summary>Those that hold at that time. By index.</summary>
    public static async Task<IReadOnlyList<Silence>> LiveAsync(
        StateTransaction transaction, DateTimeOffset now, CancellationToken cancellationToken) => await transaction
        .Prepare($"SELECT {Columns} FROM silence WHERE {Holds} ORDER BY id")
        .Set("@now", now)
        .Set("@latest", now + TimeLimit.Skew)
        .ReadAsync(Read, cancellationToken);

    /// <summary>All that are kept, the newest first.</summary>
    public static async Task<IReadOnlyList<Silence>> AllAsync(StateTransaction transaction, CancellationToken cancellationToken) =>
        await transaction.Prepare($"SELECT {Columns} FROM silence ORDER BY id DESC").ReadAsync(Read, cancellationToken);

    /// <summary>One, or null.</summary>
    public static async Task<Silence?> FindAsync(StateTransaction transaction, long id, CancellationToken cancellationToken) =>
        (await transaction.Prepare($"SELECT {Columns} FROM silence WHERE id = @id").Set("@id", id).ReadAsync(Read, cancellationToken))
        .SingleOrDefault();

    /// <summary>Ends one before its time.</summary>
    public static Task EndAsync(
        StateTransaction transaction, long id, string actor, DateTimeOffset now, CancellationToken cancellationToken) => transaction
        .Prepare("UPDATE silence SET ended_at = @now, ended_by = @actor WHERE id = @id AND ended_at IS NULL")
        .Set("@now", now)
        .Set("@actor", actor)
        .Set("@id", id)
        .ExecuteAsync(cancellationToken);

    /// <summary>Removes those that were over before the given time, at most <paramref name="limit"/>; returns how many went.</summary>
    public static Task<int> PruneAsync(
        StateTransaction transaction, DateTimeOffset before, int limit, CancellationToken cancellationToken) => transaction
        .Prepare("DELETE FROM silence WHERE id IN (SELECT id FROM silence WHERE coalesce(ended_at, until) < @before LIMIT @limit)")
        .Set("@before", before)
        .Set("@limit", limit)
        .ExecuteAsync(cancellationToken);

    private static Silence Read(Row row) => new()
    {
        Id = row.Long(),
        Matches = Matches(row.Text()),
        By = row.Text(),
        Reason = row.Text(),
        Since = row.Time(),
        Until = row.Time(),
        EndedAt = row.TimeOrNull(),
        EndedBy = row.TextOrNull(),
    };

    // A silence that cannot be read keeps nothing: better told than lost.
    private static IReadOnlyList<SilenceMatch> Matches(string column)
    {
        try
        {
            var texts = JsonSerializer.Deserialize(column, StateJson.Default.IReadOnlyListString) ?? [];
            var matches = texts.Select(text => SilenceMatch.Read(text ?? "").Match).ToList();
            return matches.Contains(null) ? [] : [.. matches.OfType<SilenceMatch>()];
        }
        catch (JsonException)
        {
            return [];
        }
    }
}

using System.Text.Json;
using KeyRotator.Alerts;

namespace KeyRotator.State;

/// <summary>What a receiver that keeps state itself was told.</summary>
/// <param name="Identity">What the receiver tells it apart by.</param>
/// <param name="Finding">As it was told first; where it is over, with its end.</param>
/// <param name="EndedAt">Since when the receiver is told that it is over (UTC), or null while it fires.</param>
internal sealed record ToldState(string Identity, AlertFinding Finding, DateTimeOffset? EndedAt);

/// <summary>What receivers that keep state themselves were told, and may still believe.</summary>
internal static class ToldStateTable
{
    /// <summary>All that a channel was told.</summary>
    public static async Task<IReadOnlyList<ToldState>> LoadAsync(
        StateTransaction transaction, string channel, CancellationToken cancellationToken) => await transaction
        .Prepare("SELECT identity, finding, ended_at FROM told_state WHERE channel = @channel ORDER BY identity")
        .Set("@channel", channel)
        .ReadAsync(Read, cancellationToken);

    /// <summary>Inserts or replaces each.</summary>
    public static async Task SaveAsync(
        StateTransaction transaction, string channel, IEnumerable<ToldState> told, CancellationToken cancellationToken)
    {
        var save = transaction.Prepare(
            """
            INSERT INTO told_state (channel, identity, finding, ended_at) VALUES (@channel, @identity, @finding, @ended_at)
            ON CONFLICT (channel, identity) DO UPDATE SET finding = excluded.finding, ended_at = excluded.ended_at
            """);
        foreach (var one in told)
        {
            await save.Set("@channel", channel)
                .Set("@identity", one.Identity)
                .Set("@finding", JsonSerializer.Serialize(one.Finding, StateJson.Default.AlertFinding))
                .Set("@ended_at", one.EndedAt)
                .ExecuteAsync(cancellationToken);
        }
    }

    /// <summary>Forgets what ended before the given time (UTC): the receiver knows.</summary>
    public static Task ForgetAsync(
        StateTransaction transaction, string channel, DateTimeOffset before, CancellationToken cancellationToken) => transaction
        .Prepare("DELETE FROM told_state WHERE channel = @channel AND ended_at < @before")
        .Set("@channel", channel)
        .Set("@before", before)
        .ExecuteAsync(cancellationToken);

    /// <summary>When the findings that ended since the given time (UTC) did, by their ids. By index.</summary>
    public static async Task<IReadOnlyDictionary<long, DateTimeOffset>> EndsAsync(
        StateTransaction transaction, DateTimeOffset since, CancellationToken cancellationToken)
    {
        var ends = await transaction.Prepare("SELECT id, resolved_at FROM finding WHERE resolved_at IS NOT NULL AND resolved_at >= @since")
            .Set("@since", since)
            .ReadAsync(row => KeyValuePair.Create(row.Long(), row.Time()), cancellationToken);
        return ends.ToDictionary();
    }

    private static ToldState Read(Row row) =>
        new(row.Text(), JsonSerializer.Deserialize(row.Text(), StateJson.Default.AlertFinding)!, row.TimeOrNull());
}

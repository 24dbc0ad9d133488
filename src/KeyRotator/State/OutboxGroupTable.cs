using System.Text.Json;
using KeyRotator.Alerts;
using KeyRotator.Findings;

namespace KeyRotator.State;

/// <summary>Which groups may be told now.</summary>
internal enum GatherScope
{
    /// <summary>Those whose wait is over and whose last message is long enough ago: what a service asks every few seconds.</summary>
    Due = 0,

    /// <summary>All that need not wait for a time of their own: a pass is over, and nothing comes that could be told with
    /// them.</summary>
    Pass,
}

/// <summary>Messages that wait to be told together, group by group.</summary>
internal static class OutboxGroupTable
{
    /// <summary>The groups that may be told now.</summary>
    public static async Task<IReadOnlyList<MessageGroup>> DueAsync(
        StateTransaction transaction, GatherScope scope, DateTimeOffset now, CancellationToken cancellationToken) => await transaction
        .Prepare(scope is GatherScope.Pass ? OutboxGroupSql.PassGroups : OutboxGroupSql.DueGroups)
        .Set("@now", now)
        .Set("@latest", now + TimeLimit.Skew)
        .ReadAsync(row => new MessageGroup(row.Text(), row.Text(), TimeSpan.FromTicks(row.Long())), cancellationToken);

    /// <summary>A group's messages that need not wait any longer, the newest first.</summary>
    public static async Task<IReadOnlyList<GatheredMessage>> ReadyAsync(
        StateTransaction transaction, MessageGroup group, DateTimeOffset now, CancellationToken cancellationToken) => await transaction
        .Prepare(OutboxGroupSql.Ready)
        .Set("@channel", group.Channel)
        .Set("@group", group.Key)
        .Set("@now", now)
        .Set("@latest", now + TimeLimit.Skew)
        .ReadAsync(ReadGathered, cancellationToken);

    /// <summary>The content of a few messages, in the order of the rows that are asked for.</summary>
    public static async Task<IReadOnlyList<Alert>> ContentAsync(
        StateTransaction transaction, IEnumerable<long> rows, CancellationToken cancellationToken)
    {
        var select = transaction.Prepare("SELECT alert FROM outbox WHERE sequence = @sequence");
        var contents = await select.ReadManyAsync(
            [.. rows], static (each, row) => each.Set("@sequence", row), ReadAlert, cancellationToken);
        return [.. contents.SelectMany(alerts => alerts)];
    }

    /// <summary>Lets a message be told by itself from now on.</summary>
    public static Task ReleaseAsync(StateTransaction transaction, long row, DateTimeOffset now, CancellationToken cancellationToken) =>
        transaction.Prepare("UPDATE outbox SET gathers = FALSE, due_at = @now WHERE sequence = @sequence")
            .Set("@now", now)
            .Set("@sequence", row)
            .ExecuteAsync(cancellationToken);

    /// <summary>Ends messages that another one tells in their place, or that need not be told.</summary>
    public static async Task CloseAsync(
        StateTransaction transaction, IEnumerable<long> rows, GatheredEnd end, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var update = transaction.Prepare(
            "UPDATE outbox SET gathers = FALSE, outcome = @outcome, finished_at = @now WHERE sequence = @sequence");
        await update.ExecuteManyAsync(
            [.. rows], (each, row) => each.Set("@outcome", end).Set("@now", now).Set("@sequence", row), cancellationToken);
    }

    /// <summary>Looks at messages again later.</summary>
    public static async Task PostponeAsync(
        StateTransaction transaction, IEnumerable<long> rows, DateTimeOffset until, CancellationToken cancellationToken)
    {
        var update = transaction.Prepare("UPDATE outbox SET due_at = @until WHERE sequence = @sequence");
        await update.ExecuteManyAsync([.. rows], (each, row) => each.Set("@until", until).Set("@sequence", row), cancellationToken);
    }

    /// <summary>Takes note that a group was told of something.</summary>
    public static Task NoteToldAsync(
        StateTransaction transaction, MessageGroup group, DateTimeOffset now, CancellationToken cancellationToken) => transaction
        .Prepare(
            """
            INSERT INTO alert_group (channel, group_key, told_at) VALUES (@channel, @group, @now)
            ON CONFLICT (channel, group_key) DO UPDATE SET told_at = excluded.told_at
            """)
        .Set("@channel", group.Channel)
        .Set("@group", group.Key)
        .Set("@now", now)
        .ExecuteAsync(cancellationToken);

    /// <summary>Makes findings members of one incident.</summary>
    public static async Task JoinAsync(
        StateTransaction transaction, string channel, string incident, IEnumerable<long> findings, CancellationToken cancellationToken)
    {
        var insert = transaction.Prepare(
            """
            INSERT INTO alert_incident (channel, finding_id, incident) VALUES (@channel, @finding, @incident)
            ON CONFLICT (channel, finding_id) DO NOTHING
            """);
        await insert.ExecuteManyAsync(
            [.. findings],
            (each, finding) => each.Set("@channel", channel).Set("@finding", finding).Set("@incident", incident),
            cancellationToken);
    }

    /// <summary>How many findings of an incident are still open.</summary>
    public static async Task<long> OpenMembersAsync(
        StateTransaction transaction, string channel, string incident, CancellationToken cancellationToken)
    {
        var counts = await transaction
            .Prepare(
                """
                SELECT count(*) FROM alert_incident AS member JOIN finding ON finding.id = member.finding_id
                WHERE member.channel = @channel AND member.incident = @incident AND finding.resolved_at IS NULL
                """)
            .Set("@channel", channel)
            .Set("@incident", incident)
            .ReadAsync(row => row.Long(), cancellationToken);
        return counts[0];
    }

    /// <summary>Forgets groups that were last told before the given time, and incidents whose findings are forgotten.</summary>
    public static async Task PruneAsync(StateTransaction transaction, DateTimeOffset before, CancellationToken cancellationToken)
    {
        await transaction.Prepare("DELETE FROM alert_group WHERE told_at < @before").Set("@before", before).ExecuteAsync(cancellationToken);
        await transaction
            .Prepare("DELETE FROM alert_incident WHERE NOT EXISTS (SELECT 1 FROM finding WHERE finding.id = alert_incident.finding_id)")
            .ExecuteAsync(cancellationToken);
    }

    private static GatheredMessage ReadGathered(Row row) => GatheredMessage.Of(row.Long(), row.Long(), ReadAlert(row)) with
    {
        Incident = row.TextOrNull(),
        WasTold = row.Flag(),
        IsOutlived = row.Flag(),
    };

    private static Alert ReadAlert(Row row) => JsonSerializer.Deserialize(row.Text(), StateJson.Default.Alert)!;
}

/// <summary>Why a message that gathered is told no more by itself.</summary>
internal enum GatheredEnd
{
    /// <summary>One message of several tells it.</summary>
    Digested = 0,

    /// <summary>A newer message of its finding tells more.</summary>
    Superseded,

    /// <summary>Its incident goes on with other findings.</summary>
    Folded,
}

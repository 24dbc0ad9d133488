using KeyRotator.Keys;
using KeyRotator.Secrets;

namespace KeyRotator.State;

/// <summary>Where each location of a rotation stands.</summary>
internal static class RotationLocationTable
{
    /// <summary>Adds the locations of a new rotation.</summary>
    public static async Task InsertAsync(
        StateTransaction transaction, long rotation, IEnumerable<RotationLocation> locations, CancellationToken cancellationToken)
    {
        var insert = transaction.Prepare(
            """
            INSERT INTO rotation_location (rotation_id, ordinal, store, name, field, step, before, base_version, new_version, token,
              attempt, begun_at, failing_since, failures, retry_at, fault, is_foreign, foreign_fingerprint, foreign_version,
              foreign_at, foreign_by, pin, purge, mark, read_days, read_by_others_on, readers_seen_at)
            VALUES (@rotation, @ordinal, @store, @name, @field, @step, @before, @base, @new, @token, @attempt, @begun, @failing, @failures,
              @retry, @fault, @is_foreign, @foreign_print, @foreign_version, @foreign_at, @foreign_by, @pin, @purge, @mark,
              @read_days, @read_by_others, @readers_seen)
            """);
        foreach (var location in locations)
        {
            await Set(insert, rotation, location)
                .Set("@store", location.Location.Store)
                .Set("@name", location.Location.Name)
                .Set("@field", location.Location.Field)
                .ExecuteAsync(cancellationToken);
        }
    }

    /// <summary>Records how they stand.</summary>
    public static async Task SaveAsync(
        StateTransaction transaction, long rotation, IEnumerable<RotationLocation> locations, CancellationToken cancellationToken)
    {
        var update = transaction.Prepare(
            """
            UPDATE rotation_location SET step = @step, before = @before, base_version = @base, new_version = @new, token = @token,
              attempt = @attempt, begun_at = @begun, failing_since = @failing, failures = @failures, retry_at = @retry, fault = @fault,
              is_foreign = @is_foreign, foreign_fingerprint = @foreign_print, foreign_version = @foreign_version,
              foreign_at = @foreign_at, foreign_by = @foreign_by, pin = @pin, purge = @purge, mark = @mark, read_days = @read_days,
              read_by_others_on = @read_by_others, readers_seen_at = @readers_seen
            WHERE rotation_id = @rotation AND ordinal = @ordinal
            """);
        foreach (var location in locations)
        {
            await Set(update, rotation, location).ExecuteAsync(cancellationToken);
        }
    }

    /// <summary>The locations of one rotation, the primary first; before it, where the old value is kept, if anywhere.</summary>
    public static async Task<IReadOnlyList<RotationLocation>> OfAsync(
        StateTransaction transaction, long rotation, CancellationToken cancellationToken) => await transaction
        .Prepare(
            """
            SELECT ordinal, store, name, field, step, before, base_version, new_version, token, attempt, begun_at, failing_since, failures,
              retry_at, fault, is_foreign, foreign_fingerprint, foreign_version, foreign_at, foreign_by, pin, purge, mark,
              read_days, read_by_others_on, readers_seen_at
            FROM rotation_location WHERE rotation_id = @rotation ORDER BY ordinal
            """)
        .Set("@rotation", rotation)
        .ReadAsync(Read, cancellationToken);

    /// <summary>Whether a value of a key waited at a place in one of its rotations. By index.</summary>
    public static async Task<bool> WasHeldAsync(
        StateTransaction transaction, KeyId key, SecretLocation place, Fingerprint value, CancellationToken cancellationToken) =>
        (await transaction
            .Prepare(
                """
                SELECT count(*) FROM rotation JOIN rotation_location ON rotation_id = id AND ordinal = -2
                WHERE new_fingerprint = @value AND key_id = @key AND store = @store AND name = @name
                  AND (field = @field OR (field IS NULL AND @field IS NULL))
                """)
            .Set("@value", value)
            .Set("@key", key.Value)
            .Set("@store", place.Store)
            .Set("@name", place.Name)
            .Set("@field", place.Field)
            .ReadAsync(row => row.Int(), cancellationToken)).Single() > 0;

    /// <summary>The number of another open rotation that needs a version of a secret, or null. By index.</summary>
    public static async Task<long?> NeededByAsync(
        StateTransaction transaction, long rotation, SecretLocation location, string version, CancellationToken cancellationToken)
    {
        var others = await transaction
            .Prepare(
                """
                SELECT rotation_id FROM rotation_location JOIN rotation ON rotation.id = rotation_id
                WHERE store = @store AND name = @name AND rotation_id <> @rotation AND ended_at IS NULL
                  AND (base_version = @version OR new_version = @version)
                ORDER BY rotation_id LIMIT 1
                """)
            .Set("@store", location.Store)
            .Set("@name", location.Name)
            .Set("@rotation", rotation)
            .Set("@version", version)
            .ReadAsync(row => row.Long(), cancellationToken);
        return others is [var other] ? other : null;
    }

    /// <summary>The number of an open rotation that has to do with a secret, or null. By index.</summary>
    public static async Task<long?> OpenAtAsync(
        StateTransaction transaction, SecretLocation location, CancellationToken cancellationToken)
    {
        var open = await transaction
            .Prepare(
                """
                SELECT rotation_id FROM rotation_location JOIN rotation ON rotation.id = rotation_id
                WHERE store = @store AND name = @name AND ended_at IS NULL ORDER BY rotation_id LIMIT 1
                """)
            .Set("@store", location.Store)
            .Set("@name", location.Name)
            .ReadAsync(row => row.Long(), cancellationToken);
        return open is [var id] ? id : null;
    }

    private static Statement Set(Statement statement, long rotation, RotationLocation location) => statement
        .Set("@rotation", rotation)
        .Set("@ordinal", location.Ordinal)
        .Set("@step", location.Step)
        .Set("@before", location.Before)
        .Set("@base", location.BaseVersion)
        .Set("@new", location.NewVersion)
        .Set("@token", location.Token.ToString())
        .Set("@attempt", location.Attempt)
        .Set("@begun", location.BegunAt)
        .Set("@failing", location.FailingSince)
        .Set("@failures", location.Failures)
        .Set("@retry", location.RetryAt)
        .Set("@fault", location.Fault)
        .Set("@is_foreign", location.Foreign is not null)
        .Set("@foreign_print", location.Foreign?.Fingerprint)
        .Set("@foreign_version", location.Foreign?.Version)
        .Set("@foreign_at", location.Foreign?.WrittenAt)
        .Set("@foreign_by", location.Foreign?.WrittenBy)
        .Set("@pin", location.Care.Pin)
        .Set("@purge", location.Care.Purge)
        .Set("@mark", location.Care.Mark)
        .Set("@read_days", location.Care.ReadDays)
        .Set("@read_by_others", Midnight(location.Care.ReadByOthersOn))
        .Set("@readers_seen", location.Care.ReadersSeenAt);

    private static RotationLocation Read(Row row) => new()
    {
        Ordinal = row.Int(),
        Location = new() { Store = row.Text(), Name = row.Text(), Field = row.TextOrNull() },
        Step = row.Member<LocationStep>(),
        Before = row.FingerprintOrNull(),
        BaseVersion = row.TextOrNull(),
        NewVersion = row.TextOrNull(),
        Token = Guid.Parse(row.Text()),
        Attempt = row.Int(),
        BegunAt = row.TimeOrNull(),
        FailingSince = row.TimeOrNull(),
        Failures = row.Int(),
        RetryAt = row.TimeOrNull(),
        Fault = row.TextOrNull(),
        Foreign = Sighting(row.Flag(), new(row.FingerprintOrNull(), row.TextOrNull(), row.TimeOrNull(), row.TextOrNull())),
        Care = new()
        {
            Pin = row.Member<CareStep>(),
            Purge = row.Member<CareStep>(),
            Mark = row.Member<CareStep>(),
            ReadDays = row.Text(),
            ReadByOthersOn = row.TimeOrNull() is { } day ? DateOnly.FromDateTime(day.UtcDateTime) : null,
            ReadersSeenAt = row.TimeOrNull(),
        },
    };

    private static DateTimeOffset? Midnight(DateOnly? day) =>
        day is { } date ? new DateTimeOffset(date, TimeOnly.MinValue, TimeSpan.Zero) : null;

    private static ForeignSighting? Sighting(bool isOne, ForeignSighting sighting) => isOne ? sighting : null;
}

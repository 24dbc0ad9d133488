using Npgsql;

namespace KeyRotator.State.Postgres;

/// <summary>Brings a schema's tables to the version that this program knows.</summary>
internal sealed class PostgresSchema(PostgresAddress address, IReadOnlyList<Migration> migrations)
{
    // "KeyRota" in ASCII, in the upper half of the lock's number; the schema's own number is the lower half.
    private const long Writers = 0x4B657952L << 32;

    /// <summary>Applies what is missing, all of it or nothing. Of processes that start at once one does it, the others wait.</summary>
    /// <returns>The number of the advisory lock that whoever writes takes: each schema has its own.</returns>
    /// <exception cref="StateException">The tables are another program's, or a newer program made them: they are left as they are.</exception>
    public async Task<long> BringUpToDateAsync(NpgsqlConnection connection, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await RequireUtf8Async(connection, cancellationToken);
        var writers = Writers | await NumberAsync(connection, cancellationToken);
        if (await VersionAsync(connection, cancellationToken) == migrations.Count)
        {
            return writers;
        }

        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await RunAsync(connection, "SELECT pg_advisory_xact_lock($1)", cancellationToken, writers);
        foreach (var migration in migrations.Skip(await VersionAsync(connection, cancellationToken)))
        {
            if (migration.Number == 1)
            {
                const string Versions = "CREATE TABLE schema_version (version BIGINT PRIMARY KEY, applied_at BIGINT NOT NULL)";
                await RunAsync(connection, Versions, cancellationToken);
            }

            await RunAsync(connection, migration.Sql, cancellationToken);
            await RunAsync(
                connection, "INSERT INTO schema_version (version, applied_at) VALUES ($1, $2)", cancellationToken, migration.Number, now.UtcTicks);
        }

        await transaction.CommitAsync(cancellationToken);
        return writers;
    }

    // Names of accounts and reasons are written as people write them.
    private async Task RequireUtf8Async(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        const string HoldsAll = "SELECT 1::bigint WHERE current_setting('server_encoding') = 'UTF8'";
        if (await AskAsync(connection, HoldsAll, cancellationToken) is null)
        {
            throw new StateException(
                $"The database {address} cannot hold all text: its encoding is not UTF-8. Name one made with"
                + " `CREATE DATABASE … ENCODING UTF8 TEMPLATE template0`.",
                null);
        }
    }

    private async Task<long> NumberAsync(NpgsqlConnection connection, CancellationToken cancellationToken) =>
        await AskAsync(connection, "SELECT oid::bigint FROM pg_namespace WHERE nspname = current_schema()", cancellationToken)
        ?? throw new StateException(
            address.Schema is { } schema
                ? $"The database {address} has no schema {schema} that {address.User} may use. Make it, or name another."
                : $"The database {address} has no schema that {address.User} may use. Make one and name it with `schema=`.",
            null);

    private async Task<int> VersionAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        // Read from the catalogue's table: to_regclass may answer from what this connection knew before it waited for the lock.
        const string IsThere =
            "SELECT 1::bigint FROM pg_class WHERE relname = 'schema_version' AND relnamespace ="
            + " (SELECT oid FROM pg_namespace WHERE nspname = current_schema())";
        if (await AskAsync(connection, IsThere, cancellationToken) is null)
        {
            return 0;
        }

        var version = (int)(await AskAsync(connection, "SELECT max(version) FROM schema_version", cancellationToken) ?? 0);
        return version <= migrations.Count
            ? version
            : throw new StateException(
                $"The database {address} was written by a newer KeyRotator (schema {version}, this one knows {migrations.Count}); it was left"
                + " as it is. Run that version, or restore the backup from before the upgrade.",
                null);
    }

    private static async Task<long?> AskAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync(cancellationToken) as long?;
    }

    private static async Task RunAsync(
        NpgsqlConnection connection, string sql, CancellationToken cancellationToken, params long[] values)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        foreach (var value in values)
        {
            command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = value });
        }

        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}

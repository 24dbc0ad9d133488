using System.Globalization;
using Microsoft.Data.Sqlite;

namespace KeyRotator.State.Sqlite;

/// <summary>Brings a database's tables to the version that this program knows.</summary>
internal sealed class SqliteSchema(IReadOnlyList<Migration> migrations)
{
    private const string VersionTable = "CREATE TABLE schema_version (version INTEGER PRIMARY KEY, applied_at INTEGER NOT NULL) STRICT";

    /// <summary>Applies what is missing, all of it or nothing. Two processes that start at once do not collide.</summary>
    /// <exception cref="StateException">The file is not one of ours, or a newer program wrote it: it is left as it is.</exception>
    public void BringUpToDate(SqliteConnection connection, SqliteFile file, DateTimeOffset now)
    {
        var isCurrent = VersionOf(connection, null, file) == migrations.Count;
        UseWriteAheadLog(connection, file);
        if (isCurrent)
        {
            return;
        }

        using var transaction = connection.BeginTransaction(deferred: false);
        foreach (var migration in migrations.Skip(VersionOf(connection, transaction, file)))
        {
            connection.Run(migration.Number == 1 ? $"{VersionTable};{migration.Sql}" : migration.Sql, transaction);
            var row = string.Create(CultureInfo.InvariantCulture, $"({migration.Number}, {now.UtcTicks})");
            connection.Run($"INSERT INTO schema_version (version, applied_at) VALUES {row}", transaction);
        }

        transaction.Commit();
    }

    private int VersionOf(SqliteConnection connection, SqliteTransaction? transaction, SqliteFile file)
    {
        // In one question: another process may make the tables in between.
        var isOurs = connection.Ask("SELECT max(name = 'schema_version') FROM sqlite_master", transaction);
        switch (isOurs)
        {
            case null or DBNull:
                return 0;
            case 0L:
                throw new StateException($"{file.Name} belongs to another program; it was left as it is. Name another file.", null);
        }

        var version = Convert.ToInt32(connection.Ask("SELECT max(version) FROM schema_version", transaction), CultureInfo.InvariantCulture);
        return version <= migrations.Count
            ? version
            : throw new StateException(
                $"{file.Name} was written by a newer KeyRotator (schema {version}, this one knows {migrations.Count}); it was left as it"
                + " is. Run that version, or restore the backup from before the upgrade.",
                null);
    }

    private static void UseWriteAheadLog(SqliteConnection connection, SqliteFile file)
    {
        if (!file.IsInMemory && connection.Ask("PRAGMA journal_mode = WAL") is not "wal")
        {
            throw new StateException(
                $"{file.Name} lies on a file system without shared memory, which its journal needs. Put it on a local disk.", null);
        }
    }
}

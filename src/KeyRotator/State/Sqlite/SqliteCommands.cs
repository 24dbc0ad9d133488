using System.Globalization;
using Microsoft.Data.Sqlite;

namespace KeyRotator.State.Sqlite;

/// <summary>Statements that run once, outside the repositories.</summary>
internal static class SqliteCommands
{
    /// <summary>Runs one or more statements.</summary>
    public static void Run(this SqliteConnection connection, string sql, SqliteTransaction? transaction = null)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.Transaction = transaction;
        command.ExecuteNonQuery();
    }

    /// <summary>The first column of the first row, or null.</summary>
    public static object? Ask(this SqliteConnection connection, string sql, SqliteTransaction? transaction = null)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.Transaction = transaction;
        return command.ExecuteScalar() is var answer and not DBNull ? answer : null;
    }

    /// <summary>Sets how many seconds a statement waits for another process. SQLite and its wrapper both wait, for the longer of the
    /// two.</summary>
    public static void SetWait(this SqliteConnection connection, int seconds)
    {
        connection.DefaultTimeout = seconds;
        connection.Run(string.Create(CultureInfo.InvariantCulture, $"PRAGMA busy_timeout = {seconds * 1000}"));
    }
}

using Microsoft.Data.Sqlite;

namespace KeyRotator.State.Sqlite;

/// <summary>Writes one moment of a database into a file of its own, while others go on working with it.</summary>
internal static class SqliteBackup
{
    /// <summary>Writes it; returns its length in bytes. The file is there whole or not at all, readable by its owner only.</summary>
    /// <param name="database">Path of the database.</param>
    /// <param name="file">Path of the file: nothing may be there.</param>
    /// <exception cref="StateException">It cannot be written. Nothing is there.</exception>
    public static long Write(string database, string file)
    {
        var part = $"{file}.part";
        Reserve(file, part);
        try
        {
            SystemSqlite.Load();
            Copy(database, part);
            using (var written = new FileStream(part, FileMode.Open, FileAccess.ReadWrite))
            {
                written.Flush(flushToDisk: true);
            }

            File.Move(part, file, overwrite: false);
            return new FileInfo(file).Length;
        }
        catch (SqliteException fault)
        {
            File.Delete(part);
            throw SqliteFaults.Explain($"The backup {file}", fault);
        }
        catch
        {
            File.Delete(part);
            throw;
        }
    }

    private static void Reserve(string file, string part)
    {
        if (Path.Exists(file))
        {
            throw new StateException($"{file} is there already. Nothing was written; name another file.", null);
        }

        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        try
        {
            new FileStream(part, options).Dispose();
        }
        catch (IOException fault) when (File.Exists(part))
        {
            throw new StateException(
                $"{part} is there: another backup writes it, or one was broken off. Remove it where none runs.", fault);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new StateException($"{file} cannot be written: look whether its folder exists and this user may write there.", fault);
        }
    }

    private static void Copy(string database, string part)
    {
        using var source = Open(database);
        using var copy = Open(part);
        source.BackupDatabase(copy);
        copy.Run("PRAGMA journal_mode = DELETE"); // one file, without a journal beside it
        if (copy.Ask("PRAGMA quick_check") is not "ok")
        {
            throw new StateException($"{database} is damaged: its copy does not hold. Nothing was written.", null);
        }
    }

    private static SqliteConnection Open(string path)
    {
        var connection = new SqliteConnection(
            new SqliteConnectionStringBuilder { DataSource = path, Mode = SqliteOpenMode.ReadWrite, Pooling = false }.ToString());
        try
        {
            connection.Open();
            connection.SetWait(new SqliteSettings().LockWait);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }
}

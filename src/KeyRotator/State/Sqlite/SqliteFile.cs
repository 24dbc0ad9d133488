using Microsoft.Data.Sqlite;
using static SQLitePCL.raw;

namespace KeyRotator.State.Sqlite;

/// <summary>A database file, or memory, and how connections to it are made.</summary>
internal sealed class SqliteFile
{
    private readonly Func<string, string> _fileSystemOf;
    private readonly string? _path;

    /// <summary>Takes the file's path, or null for memory.</summary>
    public SqliteFile(string? path, SqliteSettings settings)
    {
        _fileSystemOf = settings.FileSystemOf;
        LockWait = settings.LockWait;
        _path = path is null ? null : Path.GetFullPath(path);
    }

    /// <summary>How many seconds to wait while another process writes.</summary>
    public int LockWait { get; }

    /// <summary>True where it is gone when its only connection closes.</summary>
    public bool IsInMemory => _path is null;

    /// <summary>How the operator knows it.</summary>
    public string Name => _path is null ? "The database in memory" : $"The database {_path}";

    /// <summary>What a fault of it means.</summary>
    public StateException Explain(SqliteException fault) => SqliteFaults.Explain(Name, fault);

    /// <summary>Makes an empty file where there is none, readable by its owner only.</summary>
    /// <exception cref="StateException">There can be none at this place.</exception>
    public void Create()
    {
        if (_path is null)
        {
            return;
        }

        var folder = Path.GetDirectoryName(_path);
        if (folder is null || Directory.Exists(_path))
        {
            throw new StateException($"{Name} is a folder. Name a file in it.", null);
        }

        if (!Directory.Exists(folder))
        {
            throw new StateException($"{Name} cannot be made: there is no folder {folder}. Make it, or put the database elsewhere.", null);
        }

        RefuseNetwork(_fileSystemOf(File.Exists(_path) ? _path : folder));
        if (!File.Exists(_path))
        {
            CreateEmpty(_path);
        }
    }

    /// <summary>Opens a connection; <paramref name="setUp"/> finishes it.</summary>
    /// <exception cref="StateException">It cannot be opened or set up.</exception>
    public SqliteSession Open(Action<SqliteConnection> setUp)
    {
        var connection = new SqliteConnection(ConnectionString());
        try
        {
            connection.Open();
            RefuseReadOnly(connection);

            // FULL: what is committed survives a loss of power, as the outbox promises.
            connection.Run("PRAGMA foreign_keys = ON; PRAGMA synchronous = FULL; PRAGMA journal_size_limit = 67108864");
            connection.SetWait(LockWait);
            setUp(connection);
            return new SqliteSession(connection, this);
        }
        catch (SqliteException fault)
        {
            connection.Dispose();
            throw Explain(fault);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private string ConnectionString() => new SqliteConnectionStringBuilder
    {
        DataSource = _path ?? ":memory:",
        Mode = _path is null ? SqliteOpenMode.Memory : SqliteOpenMode.ReadWrite,
        Pooling = false,
    }.ToString();

    private void CreateEmpty(string path)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        try
        {
            new FileStream(path, options).Dispose();
        }
        catch (IOException) when (File.Exists(path))
        {
            // Another process was faster.
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new StateException(
                $"{Name} cannot be made: this user may not write to its folder. Make it writable, or put the database elsewhere.", fault);
        }
    }

    private void RefuseNetwork(string type)
    {
        if (FileSystems.IsNetwork(type))
        {
            throw new StateException(
                $"{Name} lies on a network file system ({type}), whose locks cannot be trusted. Put it on a local disk.", null);
        }
    }

    // SQLite opens a file that it may not write for reading, and says nothing until the first write.
    private void RefuseReadOnly(SqliteConnection connection)
    {
        if (sqlite3_db_readonly(connection.Handle, "main") == 1)
        {
            throw new StateException($"{Name} is read-only for this user. Make it writable, or put the database elsewhere.", null);
        }
    }
}

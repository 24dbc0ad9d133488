using KeyRotator.State;
using KeyRotator.State.Sqlite;
using KeyRotator.Tests.Support;
using Microsoft.Data.Sqlite;
using Xunit;

namespace KeyRotator.Tests.State.Sqlite;

/// <summary>A folder for database files, and what another program could do to them.</summary>
internal sealed class SqliteFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("keyrotator-");

    public string Database => In("state.db");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public string In(string name) => Path.Combine(_folder.FullName, name);

    public Task<StateDatabase> OpenAsync(SqliteSettings? settings = null) => OpenAsync(Database, settings);

    public static Task<StateDatabase> OpenAsync(string path, SqliteSettings? settings = null) =>
        StateDatabase.OpenAsync(path, new ManualClock(), settings ?? new(), Cancel);

    /// <summary>Makes the database and closes it.</summary>
    public async Task CreateAsync(SqliteSettings? settings = null) => await (await OpenAsync(settings)).DisposeAsync();

    /// <summary>A connection that knows nothing of our code.</summary>
    public SqliteConnection Connect()
    {
        SystemSqlite.Load();
        var connection = new SqliteConnection($"Data Source={Database};Pooling=False;Default Timeout=1");
        connection.Open();
        return connection;
    }

    public void Run(string sql)
    {
        using var connection = Connect();
        connection.Run(sql);
    }

    public void Dispose() => _folder.Delete(recursive: true);
}

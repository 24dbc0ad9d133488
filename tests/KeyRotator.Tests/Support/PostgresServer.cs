using System.Diagnostics;
using System.Globalization;
using KeyRotator.Secrets;
using KeyRotator.State;
using Npgsql;

namespace KeyRotator.Tests.Support;

/// <summary>A PostgreSQL server of its own on loopback. As root it runs as another user, because it refuses to run as root.</summary>
public sealed partial class PostgresServer : IAsyncDisposable
{
    public const string User = "keyrotator";

    private readonly string _programs;
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("keyrotator-pg-");
    private readonly bool _isDurable;
    private Process? _process;
    private int _schemas;

    private PostgresServer(string programs, bool isDurable)
    {
        _programs = programs;
        _isDurable = isDurable;
    }

    /// <summary>Made for this server only.</summary>
    public static SecretValue Password { get; } = new("pg-canary-" + Guid.NewGuid().ToString("N"));

    public int Port { get; } = FreePort.Find();

    public PostgresAddress Address => new()
    {
        Hosts = [new("127.0.0.1", Port)],
        Database = "postgres",
        User = User,
        Password = Password,
    };

    private string Data => Path.Combine(_folder.FullName, "data");

    /// <summary>Makes one and starts it.</summary>
    /// <param name="programs">The folder that holds initdb and postgres.</param>
    /// <param name="isDurable">Whether it waits for the disk, as a real one does.</param>
    public static async Task<PostgresServer> StartAsync(string programs, bool isDurable)
    {
        var server = new PostgresServer(programs, isDurable);
        try
        {
            await server.MakeAsync();
            await server.StartAgainAsync();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>An empty schema of its own.</summary>
    public async Task<PostgresAddress> SchemaAsync(CancellationToken cancellationToken)
    {
        var schema = string.Create(CultureInfo.InvariantCulture, $"kr_{Interlocked.Increment(ref _schemas)}");
        await RunAsync($"CREATE SCHEMA {schema}", cancellationToken);
        return Address with { Schema = schema };
    }

    /// <summary>Writes a file that the server, and nobody else, may read; its path.</summary>
    public async Task<string> GiveAsync(string name, string text)
    {
        var path = Path.Combine(_folder.FullName, name);
        await File.WriteAllTextAsync(path, text);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        if (Environment.IsPrivilegedProcess)
        {
            await FinishAsync(Process.Start("chown", ["nobody", path]));
        }

        return path;
    }

    /// <summary>Runs a statement as somebody who knows nothing of our code.</summary>
    public async Task<object?> RunAsync(string sql, CancellationToken cancellationToken)
    {
        await using var connection = await ConnectAsync(cancellationToken);
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync(cancellationToken);
    }

    /// <summary>A connection outside of every pool.</summary>
    public async Task<NpgsqlConnection> ConnectAsync(CancellationToken cancellationToken)
    {
        var connection = new NpgsqlConnection(
            $"Host=127.0.0.1;Port={Port};Database=postgres;Username={User};Password={Password.Reveal()};Pooling=false;Timeout=60;"
            + "Options=-c default_transaction_read_only=off");
        await connection.OpenAsync(cancellationToken);
        return connection;
    }

    /// <summary>Ends it as a crash does: every connection breaks, nothing is told.</summary>
    public Task StopAsync() => EndAsync("QUIT");

    /// <summary>Lets it stand still, as a machine that hangs, until <see cref="GoOn"/>.</summary>
    public void StandStill() => Signal("STOP");

    /// <summary>Lets it go on.</summary>
    public void GoOn() => Signal("CONT");

    /// <summary>Starts it (again) and waits until it answers.</summary>
    public async Task StartAgainAsync()
    {
        string[] durable = _isDurable ? [] : ["-c", "fsync=off", "-c", "full_page_writes=off"];
        _process = Start(
            "postgres",
            ["-D", Data, "-p", Port.ToString(CultureInfo.InvariantCulture), "-k", _folder.FullName, "-c", "listen_addresses=127.0.0.1",
             "-c", "max_connections=300", "-c", "logging_collector=off", .. durable]);
        for (var tries = 3000; ; tries--)
        {
            try
            {
                await RunAsync("SELECT 1", CancellationToken.None);
                return;
            }
            catch (NpgsqlException) when (tries > 0 && !_process.HasExited)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await EndAsync("QUIT");
        _folder.Delete(recursive: true);
    }

    private async Task MakeAsync()
    {
        var password = Path.Combine(_folder.FullName, "password");
        await File.WriteAllTextAsync(password, Password.Reveal());
        if (Environment.IsPrivilegedProcess)
        {
            await FinishAsync(Process.Start("chown", ["-R", "nobody", _folder.FullName]));
        }

        await FinishAsync(Start(
            "initdb", ["-D", Data, "-U", User, "-A", "scram-sha-256", $"--pwfile={password}", "-E", "UTF8", "--locale=C", "--no-sync"]));
        File.Delete(password);
    }

    private static async Task FinishAsync(Process process)
    {
        using (process)
        {
            await process.WaitForExitAsync();
            if (process.ExitCode != 0)
            {
                throw new InvalidOperationException($"{process.StartInfo.FileName} ended with {process.ExitCode}.");
            }
        }
    }

    private Process Start(string program, IEnumerable<string> arguments)
    {
        var path = Path.Combine(_programs, program);
        var start = Environment.IsPrivilegedProcess
            ? new ProcessStartInfo("setpriv", ["--reuid=nobody", "--regid=nogroup", "--clear-groups", "--", path, .. arguments])
            : new ProcessStartInfo(path, arguments);
        start.WorkingDirectory = _folder.FullName;
        (start.RedirectStandardOutput, start.RedirectStandardError) = (true, true);
        var process = Process.Start(start)!;
        process.OutputDataReceived += static (_, _) => { };
        process.ErrorDataReceived += static (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    // The server, and the processes that serve its connections.
    private void Signal(string name)
    {
        var id = _process!.Id.ToString(CultureInfo.InvariantCulture);
        using var kill = Process.Start("kill", [$"-{name}", id]);
        kill.WaitForExit();
        using var children = Process.Start("pkill", [$"-{name}", "-P", id]);
        children.WaitForExit();
    }

    private async Task EndAsync(string signal)
    {
        if (_process is not { } process)
        {
            return;
        }

        _process = null;
        using (process)
        {
            if (!process.HasExited)
            {
                var id = process.Id.ToString(CultureInfo.InvariantCulture);
                using var kill = Process.Start("kill", [$"-{signal}", id]);
                using var wake = Process.Start("kill", ["-CONT", id]); // one that stands still would never end
                await process.WaitForExitAsync();
            }
        }
    }
}

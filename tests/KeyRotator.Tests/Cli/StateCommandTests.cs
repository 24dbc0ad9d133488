using System.Text.Json;
using KeyRotator.State;
using KeyRotator.Tests.State.Copy;
using KeyRotator.Tests.Support;
using Microsoft.Data.Sqlite;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Cli;

public sealed class StateCommandTests : IDisposable
{
    private const string Canary = "pw-canary-5d0c1f8f";
    private readonly Shell _shell = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _shell.Dispose();

    [Fact]
    public async Task Copy_FileToFile_TellsWhatWasCopied()
    {
        await FillAsync("old.db");

        (await CopyAsync("sqlite:old.db", "sqlite:new.db")).ShouldBe(0, _shell.Error);

        _shell.Error.ShouldContain("\naudit: 4 rows\n");
        _shell.Out.ShouldMatch(
            @"^Copied \d+ rows of 26 tables, and the installation's own\.\nThe audit's chain is whole in both: head 4:[0-9a-f]{64}\n"
            + @"From now on work with sqlite:\S+new\.db: what sqlite:\S+old\.db records is not copied\.\n$");
        (await ReadAsync("new.db")).ShouldBe(await ReadAsync("old.db"));
    }

    [Theory]
    [InlineData("dispatch", 59, true, "a service works with it, or did just now")]
    [InlineData("dispatch", 60, false, "it was stopped")]
    [InlineData("check", 1, false, "that is over")]
    public async Task Copy_SourceWasUsedLately_SaysSo(string job, int secondsAgo, bool warns, string why)
    {
        await FillAsync("old.db");
        await using (var state = await StateDatabase.OpenAsync(At("old.db"), _shell.Clock, Cancel))
        await using (var transaction = await state.BeginWriteAsync(Cancel))
        {
            var run = JobStatus.None.Next(succeeded: true, _shell.Clock.GetUtcNow().AddSeconds(-secondsAgo), TimeSpan.Zero);
            await JobTable.AddAsync(transaction, job, run, Cancel);
            await transaction.CommitAsync(Cancel);
        }

        (await CopyAsync("sqlite:old.db", "sqlite:new.db")).ShouldBe(0, _shell.Error);

        _shell.Error.Contains($"A service worked with --from {secondsAgo} s ago. Make sure that it is stopped").ShouldBe(warns, why);
    }

    [Fact]
    public async Task Copy_Json_HasAllParts()
    {
        await FillAsync("old.db");

        await CopyAsync("sqlite:old.db", "sqlite:new.db", "-o", "json");

        var root = JsonDocument.Parse(_shell.Out).RootElement;
        Json.Members(root).ShouldBe(["from", "to", "rows", "head"]);
        root.GetProperty("rows").GetProperty("audit").GetInt64().ShouldBe(4);
    }

    [Theory]
    [InlineData("postgres://u:pw-canary-5d0c1f8f@h/d", "a URL")]
    [InlineData("postgres://u:a@pw-canary-5d0c1f8f@h/d", "one with an @ in the password")]
    [InlineData("postgres://u:pw-canary-5d0c1f8f${X}@h/d", "half of it by reference")]
    [InlineData("postgres://u@h/d?password=pw-canary-5d0c1f8f", "an option of a URL")]
    [InlineData("Host=h;Database=d;Username=u;Password=pw-canary-5d0c1f8f", "pairs")]
    [InlineData("Host=h;Database=d;Username=u; passwd = pw-canary-5d0c1f8f", "another name")]
    public async Task Copy_PasswordInTheArgument_IsRefusedAndNotShown(string to, string why)
    {
        await FillAsync("old.db");

        (await CopyAsync("sqlite:old.db", to)).ShouldBe(2, why);

        _shell.Error.ShouldStartWith("--to has a password in clear", customMessage: why);
        (_shell.Out + _shell.Error).ShouldNotContain(Canary, customMessage: why);
    }

    [Theory]
    [InlineData("postgres://u:${NOT_SET}@h/d", "the environment variable `NOT_SET` is not set")]
    [InlineData("Host=h;Database=d;Username=u;Password=${file:absent}", "absent")]
    [InlineData("mysql:x", "--to is not `sqlite:PATH`")]
    [InlineData("sqlite::memory:", "--to is a database in memory")]
    [InlineData("sqlite:old.db", "the same database")]
    public async Task Copy_BadTarget_IsRefused(string to, string message)
    {
        await FillAsync("old.db");

        (await CopyAsync("sqlite:old.db", to)).ShouldBe(2);

        _shell.Error.ShouldContain(message);
    }

    [Fact]
    public async Task Copy_PasswordByReference_IsTakenAndNotShown()
    {
        await FillAsync("old.db");
        _shell.Environment["PW"] = Canary;

        (await CopyAsync("sqlite:old.db", "postgres://u:${PW}@127.0.0.1:1/d?sslmode=disable")).ShouldBe(1);

        _shell.Error.ShouldContain("127.0.0.1:1");
        _shell.Error.ShouldNotContain(Canary);
    }

    [Fact]
    public async Task Copy_SourceIsNotThere_MakesNone()
    {
        (await CopyAsync("sqlite:old.db", "sqlite:new.db")).ShouldBe(2);

        _shell.Error.ShouldContain("--from: there is no file ");
        Directory.EnumerateFileSystemEntries(_shell.Directory).ShouldBeEmpty();
    }

    [Fact]
    public async Task Copy_TargetIsOfANewerVersion_IsLeftAsItIs()
    {
        await FillAsync("old.db");
        await FillAsync("new.db");
        Run("new.db", "INSERT INTO schema_version (version, applied_at) VALUES (999, 1)");

        (await CopyAsync("sqlite:old.db", "sqlite:new.db")).ShouldBe(1);

        _shell.Error.ShouldContain("was written by a newer KeyRotator");
    }

    [Fact]
    public async Task Backup_File_IsTheDatabaseForItsOwnerOnly()
    {
        await FillAsync("old.db");
        _shell.Write("keyrotator.yaml", "database: sqlite:old.db\n");

        (await _shell.RunAsync("state", "backup", "copy.db")).ShouldBe(0, _shell.Error);

        (await ReadAsync("copy.db")).ShouldBe(await ReadAsync("old.db"));
        _shell.Out.ShouldMatch(@"^Wrote \S+copy\.db: \d+ bytes\.");
        if (!OperatingSystem.IsWindows())
        {
            File.GetUnixFileMode(At("copy.db")).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }
    }

    [Fact]
    public async Task Backup_WhileOthersWrite_IsOneMoment()
    {
        await FillAsync("old.db");
        var before = await ReadAsync("old.db");
        _shell.Write("keyrotator.yaml", "database: sqlite:old.db\n");
        await using var database = await OpenAsync("old.db");
        await using var writing = await database.BeginWriteAsync(Cancel);
        await writing.Prepare("INSERT INTO model_list (digest, ids) VALUES ('d', '[]')").ExecuteAsync(Cancel);

        (await _shell.RunAsync("state", "backup", "copy.db")).ShouldBe(0, _shell.Error);

        await writing.CommitAsync(Cancel);
        (await ReadAsync("copy.db")).ShouldBe(before);
    }

    [Theory]
    [InlineData("copy.db", "copy.db is there already")]
    [InlineData("busy.db", "busy.db.part is there")]
    [InlineData("absent/copy.db", "cannot be written")]
    public async Task Backup_NoPlaceForIt_SaysSoAndChangesNothing(string file, string message)
    {
        await FillAsync("old.db");
        _shell.Write("keyrotator.yaml", "database: sqlite:old.db\n");
        _shell.Write("copy.db", "mine");
        _shell.Write("busy.db.part", "another's");

        (await _shell.RunAsync("state", "backup", file)).ShouldBe(1);

        _shell.Error.ShouldContain(message);
        (await File.ReadAllTextAsync(At("copy.db"), Cancel), await File.ReadAllTextAsync(At("busy.db.part"), Cancel))
            .ShouldBe(("mine", "another's"));
    }

    [Fact]
    public async Task Backup_Damaged_WritesNothing()
    {
        await File.WriteAllTextAsync(At("old.db"), new string('x', 8192), Cancel);
        _shell.Write("keyrotator.yaml", "database: sqlite:old.db\n");

        (await _shell.RunAsync("state", "backup", "copy.db")).ShouldBe(1);

        Directory.EnumerateFiles(_shell.Directory, "copy*").ShouldBeEmpty();
    }

    [Fact]
    public async Task Backup_Server_NamesItsOwnTool()
    {
        _shell.Write("keyrotator.yaml", "database: \"postgres://u:${PW}@h/d\"\n");
        _shell.Environment["PW"] = Canary;

        (await _shell.RunAsync("state", "backup", "copy.db")).ShouldBe(2);

        _shell.Error.ShouldContain("pg_dump");
        _shell.Error.ShouldNotContain(Canary);
    }

    private Task<int> CopyAsync(string from, string to, params string[] more) =>
        _shell.RunAsync(["state", "copy", "--from", from, "--to", to, .. more]);

    private string At(string name) => Path.Combine(_shell.Directory, name);

    private Task<StateDatabase> OpenAsync(string name) => StateDatabase.OpenAsync(At(name), new ManualClock(), Cancel);

    private async Task FillAsync(string name)
    {
        await using var database = await OpenAsync(name);
        await FilledState.FillAsync(database, 4, Cancel);
    }

    private async Task<IReadOnlyList<string>> ReadAsync(string name)
    {
        await using var database = await OpenAsync(name);
        return await FilledState.ReadAsync(database, Cancel);
    }

    private void Run(string name, string sql)
    {
        using var connection = new SqliteConnection($"Data Source={At(name)};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}

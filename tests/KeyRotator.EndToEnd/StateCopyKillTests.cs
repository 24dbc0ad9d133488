using KeyRotator.EndToEnd.Support;
using KeyRotator.State;
using KeyRotator.State.Sqlite;
using Microsoft.Data.Sqlite;
using Shouldly;
using Xunit;

namespace KeyRotator.EndToEnd;

/// <summary>A copy of all state that is broken off from outside.</summary>
public sealed class StateCopyKillTests
{
    private const int Many = 30_000;

    // Holds a copy in the last of its tables.
    private const string NeverEnd =
        """
        CREATE TRIGGER never_end BEFORE INSERT ON job_status BEGIN
          SELECT count(*) FROM (WITH RECURSIVE one (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM one) SELECT x FROM one);
        END
        """;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = 300_000)]
    public async Task Copy_Killed_LeavesNothingAndWorksAgain()
    {
        await using var site = await Site.StartAsync("one");
        await site.RunAsync("check");
        await FillAsync(site, Many);
        string[] copy = ["state", "copy", "--from", "sqlite:keyrotator.db", "--to", "sqlite:new.db"];
        await using (await StateDatabase.OpenAsync(site.At("new.db"), TimeProvider.System, Token))
        {
        }

        Run(site.At("new.db"), NeverEnd);
        await using (var killed = site.Start(copy))
        {
            await Eventually.TrueAsync(() => killed.Error.Contains("told_state: "), "all but the last table is copied", Token);
            killed.Kill();
            (await killed.EndAsync(Token)).Out.ShouldBeEmpty();
        }

        Run(site.At("new.db"), "DROP TRIGGER never_end");
        (await CountAsync(site.At("new.db"), "model_list"), await CountAsync(site.At("new.db"), "key_status")).ShouldBe((0, 0));
        var again = await site.RunAsync(copy);

        again.ExitCode.ShouldBe(0, again.Error);
        (await CountAsync(site.At("new.db"), "model_list")).ShouldBe(await CountAsync(site.At("keyrotator.db"), "model_list"));
        (await CountAsync(site.At("new.db"), "key_status")).ShouldBe(1);
    }

    [Fact(Timeout = 300_000)]
    public async Task CopyAndBackup_NoRoom_LeaveNothing()
    {
        await using var site = await Site.StartAsync("one");
        await site.RunAsync("check");
        await FillAsync(site, Many);
        await using var disk = await SmallDisk.MountAsync(site);

        var copy = await site.RunAsync("state", "copy", "--from", $"sqlite:{site.At("keyrotator.db")}", "--to", $"sqlite:{disk.Database}");
        site.Configure();
        var file = Path.Combine(Path.GetDirectoryName(disk.Database)!, "backup.db");
        var backup = await site.RunAsync("state", "backup", file);

        (copy.ExitCode, backup.ExitCode).ShouldBe((1, 1));
        copy.Error.ShouldContain("has no space left on its disk");
        backup.Error.ShouldContain("has no space left on its disk");
        (await CountAsync(disk.Database, "key_status")).ShouldBe(0);
        Directory.EnumerateFiles(Path.GetDirectoryName(disk.Database)!, "backup*").ShouldBeEmpty();
    }

    private static void Run(string path, string sql)
    {
        SystemSqlite.Load();
        using var connection = new SqliteConnection($"Data Source={path};Pooling=False");
        connection.Open();
        connection.Run(sql);
    }

    private static async Task FillAsync(Site site, int count)
    {
        await using var state = await site.OpenStateAsync();
        await using var transaction = await state.BeginWriteAsync(Token);
        await transaction.Prepare("INSERT INTO model_list (digest, ids) VALUES (@digest, @ids)")
            .Set("@ids", new string('x', 200))
            .ExecuteManyAsync([.. Enumerable.Range(0, count)], (row, number) => row.Set("@digest", $"d{number}"), Token);
        await transaction.CommitAsync(Token);
    }

    private static async Task<long> CountAsync(string path, string table)
    {
        await using var state = await StateDatabase.OpenAsync(path, TimeProvider.System, Token);
        await using var transaction = await state.BeginReadAsync(Token);
        return (await transaction.Prepare($"SELECT count(*) FROM {table}").ReadAsync(row => row.Long(), Token)).Single();
    }
}

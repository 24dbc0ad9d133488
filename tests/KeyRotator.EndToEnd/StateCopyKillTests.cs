using KeyRotator.EndToEnd.Support;
using KeyRotator.State;
using Shouldly;
using Xunit;

namespace KeyRotator.EndToEnd;

/// <summary>A copy of all state that is broken off from outside.</summary>
public sealed class StateCopyKillTests
{
    private const int Many = 300_000;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = 240_000)]
    public async Task Copy_Killed_LeavesNothingAndWorksAgain()
    {
        await using var site = await Site.StartAsync("one");
        await site.RunAsync("check");
        await FillAsync(site, Many);
        string[] copy = ["state", "copy", "--from", "sqlite:keyrotator.db", "--to", "sqlite:new.db"];
        await using (var killed = site.Start(copy))
        {
            await Eventually.TrueAsync(() => killed.Error.Contains("instance_status: "), "it copies the table behind that", Token);
            killed.Kill();
            (await killed.EndAsync(Token)).Out.ShouldBeEmpty();
        }

        (await CountAsync(site.At("new.db"), "model_list"), await CountAsync(site.At("new.db"), "key_status")).ShouldBe((0, 0));
        var again = await site.RunAsync(copy);

        again.ExitCode.ShouldBe(0, again.Error);
        (await CountAsync(site.At("new.db"), "model_list")).ShouldBe(await CountAsync(site.At("keyrotator.db"), "model_list"));
        (await CountAsync(site.At("new.db"), "key_status")).ShouldBe(1);
    }

    [Fact(Timeout = 240_000)]
    public async Task CopyAndBackup_NoRoom_LeaveNothing()
    {
        await using var site = await Site.StartAsync("one");
        await site.RunAsync("check");
        await FillAsync(site, Many / 10);
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

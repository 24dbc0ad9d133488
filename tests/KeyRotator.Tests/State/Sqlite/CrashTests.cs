using KeyRotator.State;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.State.Sqlite;

/// <summary>What a process that dies leaves behind: the files as they are at that instant.</summary>
public sealed class CrashTests : IDisposable
{
    private readonly SqliteFolder _folder = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Crash_InATransaction_LeavesNothingOfIt()
    {
        await using var database = await _folder.OpenAsync();
        await using var transaction = await database.BeginWriteAsync(Cancel);
        await FillAsync(transaction, 2000);

        await using var copy = await CopyAsync();

        (await CountAsync(copy, 2000)).ShouldBe(0);
        copy.InstallationId.ShouldBe(database.InstallationId);
    }

    [Fact]
    public async Task Crash_AfterACommit_LeavesAllOfIt()
    {
        await using var database = await _folder.OpenAsync();
        await using (var transaction = await database.BeginWriteAsync(Cancel))
        {
            await FillAsync(transaction, 2000);
            await transaction.CommitAsync(Cancel);
        }

        await using var copy = await CopyAsync();

        (await CountAsync(copy, 2000)).ShouldBe(2000);
    }

    private async Task<StateDatabase> CopyAsync()
    {
        foreach (var suffix in (string[])["", "-wal"])
        {
            await using var source = new FileStream(_folder.Database + suffix, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            await using var target = File.Create(_folder.In("copy.db" + suffix));
            await source.CopyToAsync(target, Cancel);
        }

        return await SqliteFolder.OpenAsync(_folder.In("copy.db"));
    }

    private static async Task FillAsync(StateTransaction transaction, int count)
    {
        for (var index = 0; index < count; index++)
        {
            // Long enough that the cache spills into the journal before the commit.
            await ModelListTable.SaveAsync(transaction, $"d{index}", [new string('x', 2000)], Cancel);
        }
    }

    private static async Task<int> CountAsync(StateDatabase database, int count)
    {
        await using var transaction = await database.BeginReadAsync(Cancel);
        var found = 0;
        for (var index = 0; index < count; index++)
        {
            found += await ModelListTable.LoadAsync(transaction, $"d{index}", Cancel) is null ? 0 : 1;
        }

        return found;
    }
}

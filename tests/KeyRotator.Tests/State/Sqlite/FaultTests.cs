using KeyRotator.Keys;
using KeyRotator.State;
using KeyRotator.State.Sqlite;
using Microsoft.Data.Sqlite;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.State.Sqlite;

/// <summary>What goes wrong with a database in use.</summary>
public sealed class FaultTests : IDisposable
{
    private static readonly InstanceStatus s_status = new() { Provider = "mistral", UnreachablePasses = 1 };

    private readonly SqliteFolder _folder = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Commit_DiskFull_LosesNothingOlderAndGoesOnAfterwards()
    {
        await using var database = await _folder.OpenAsync();
        await SaveAsync(database, s_status);

        await using (var full = await database.BeginWriteAsync(Cancel))
        {
            await full.Prepare("PRAGMA max_page_count = 1").ReadAsync(row => row.Long(), Cancel);
            (await Should.ThrowAsync<StateException>(() => FillAsync(full))).Message.ShouldContain("no space left");
            await full.Prepare("PRAGMA max_page_count = 1000000").ReadAsync(row => row.Long(), Cancel);
        }

        (await LoadAsync(database)).ShouldBe(s_status);
        await SaveAsync(database, s_status with { UnreachablePasses = 2 });
        (await LoadAsync(database)).UnreachablePasses.ShouldBe(2);
    }

    [Fact]
    public async Task Dispose_SqliteRolledBackByItself_TheNextOneMayWrite()
    {
        await using var database = await _folder.OpenAsync();
        await using (var full = await database.BeginWriteAsync(Cancel))
        {
            await full.Prepare("ROLLBACK").ExecuteAsync(Cancel); // as it does where a write finds the disk full
        }

        await SaveAsync(database, s_status);

        (await LoadAsync(database)).ShouldBe(s_status);
    }

    [Fact]
    public async Task Begin_OtherProcessWrites_GivesUpAfterTheWaitAndReadsMeanwhile()
    {
        await using var database = await _folder.OpenAsync(new() { LockWait = 1 });
        using var other = _folder.Connect();
        using var held = other.BeginTransaction(deferred: false);

        var fault = await Should.ThrowAsync<StateException>(() => database.BeginWriteAsync(Cancel));
        fault.Message.ShouldContain("locked by another process");
        (await LoadAsync(database)).UnreachablePasses.ShouldBe(0);

        held.Rollback();
        await SaveAsync(database, s_status);
    }

    [Fact]
    public async Task Begin_OwnWriterBusy_WaitsUntilCancelled()
    {
        await using var database = await _folder.OpenAsync();
        await using var first = await database.BeginWriteAsync(Cancel);
        using var stop = new CancellationTokenSource();

        var waiting = database.BeginWriteAsync(stop.Token);
        waiting.IsCompleted.ShouldBeFalse();
        await stop.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(() => waiting);
    }

    [Fact]
    public async Task Begin_Cancelled_LeavesTheWriterFree()
    {
        await using var database = await _folder.OpenAsync();

        await Should.ThrowAsync<OperationCanceledException>(() => database.BeginWriteAsync(new(canceled: true)));
        await Should.ThrowAsync<OperationCanceledException>(() => database.BeginReadAsync(new(canceled: true)));

        await SaveAsync(database, s_status);
    }

    [Fact]
    public async Task Read_DamagedPages_SaysSo()
    {
        await using (var database = await _folder.OpenAsync())
        {
            await SaveAsync(database, s_status);
        }

        var bytes = await File.ReadAllBytesAsync(_folder.Database, Cancel);
        bytes.AsSpan(4096 * 2).Fill(0xA5);
        await File.WriteAllBytesAsync(_folder.Database, bytes, Cancel);

        var fault = await Should.ThrowAsync<StateException>(async () =>
        {
            await using var damaged = await _folder.OpenAsync();
            await LoadAsync(damaged);
        });
        fault.Message.ShouldContain("is damaged");
    }

    [Theory]
    [InlineData("locations = '{'")]
    [InlineData("verdict = 'Perhaps'")]
    [InlineData("fingerprint = 'short'")]
    public async Task Read_RowThatNobodyWrote_SaysSo(string change)
    {
        await using var database = await _folder.OpenAsync();
        await using var transaction = await database.BeginWriteAsync(Cancel);
        var status = new KeyStatus { KeyId = KeyId.Parse("k"), Provider = "mistral" };
        await KeyStatusTable.SaveAsync(transaction, [status], Cancel);
        await transaction.Prepare($"UPDATE key_status SET {change}").ExecuteAsync(Cancel);

        var fault = await Should.ThrowAsync<StateException>(() => KeyStatusTable.LoadAsync(transaction, [status.KeyId], Cancel));
        fault.Message.ShouldContain("is damaged");
    }

    [Fact]
    public async Task Write_InAReadTransaction_IsRefused()
    {
        await using var database = await _folder.OpenAsync();
        await using var reading = await database.BeginReadAsync(Cancel);

        await Should.ThrowAsync<StateException>(() => InstanceTable.SaveAsync(reading, s_status, Cancel));
    }

    [Theory]
    [InlineData(8, "read-only folder", "may not write")]
    [InlineData(10, "failing disk", "disk failed")]
    [InlineData(14, "folder that went away", "cannot be opened")]
    [InlineData(1, "anything else", "code 1")]
    public void Explain_Code_NamesFileAndRemedy(int code, string situation, string words)
    {
        var fault = SqliteFaults.Explain("The database /x/state.db", new SqliteException("vendor text", code));

        fault.Message.ShouldStartWith("The database /x/state.db ", customMessage: situation);
        fault.Message.ShouldContain(words);
        fault.Message.ShouldNotContain("vendor text");
    }

    private static async Task FillAsync(StateTransaction transaction)
    {
        for (var list = 0; list < 100; list++)
        {
            await ModelListTable.SaveAsync(transaction, $"d{list}", [new string('x', 5000)], Cancel);
        }

        await transaction.CommitAsync(Cancel);
    }

    private static async Task SaveAsync(StateDatabase database, InstanceStatus status)
    {
        await using var transaction = await database.BeginWriteAsync(Cancel);
        await InstanceTable.SaveAsync(transaction, status, Cancel);
        await transaction.CommitAsync(Cancel);
    }

    private static async Task<InstanceStatus> LoadAsync(StateDatabase database)
    {
        await using var transaction = await database.BeginReadAsync(Cancel);
        return await InstanceTable.LoadAsync(transaction, "mistral", Cancel);
    }
}

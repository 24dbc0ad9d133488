using KeyRotator.State;
using KeyRotator.State.Postgres;
using KeyRotator.Tests.Support;
using Npgsql;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.State.Postgres;

/// <summary>A server that goes away, stands still or comes back, and a process that stands still in the middle of a step.</summary>
public sealed class PostgresFaultTests : IAsyncLifetime
{
    private PostgresServer? _server;
    private StateDatabase _database = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _server = await PostgresServer.StartAsync();
        _database = await ConnectAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is { } server)
        {
            await _database.DisposeAsync();
            await server.DisposeAsync();
        }
    }

    [Fact]
    public async Task Begin_AfterARestart_GoesOn()
    {
        await SaveAsync("before");
        await _server!.StopAsync();
        await _server.StartAgainAsync();

        await SaveAsync("after");

        (await NamesAsync()).ShouldBe(["after", "before"]);
    }

    [Fact]
    public async Task Begin_ServerGone_SaysSoAndGoesOnLater()
    {
        await _server!.StopAsync();

        (await Should.ThrowAsync<StateException>(() => SaveAsync("lost"))).MayPass.ShouldBeTrue();
        (await Should.ThrowAsync<StateException>(NamesAsync)).MayPass.ShouldBeTrue();

        await _server.StartAgainAsync();
        (await NamesAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Commit_ServerGoneInTheMiddle_RecordsNothing()
    {
        await using (var transaction = await _database.BeginWriteAsync(Cancel))
        {
            await InstanceTable.SaveAsync(transaction, new() { Provider = "half" }, Cancel);
            await _server!.StopAsync();

            var fault = await Should.ThrowAsync<StateException>(() => transaction.CommitAsync(Cancel));
            fault.MayPass.ShouldBeTrue();
            fault.Message.ShouldContain("Whether it was is not known");
        }

        await _server.StartAgainAsync();
        (await NamesAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Write_ServerStandsStill_GivesUpAndGoesOnLater()
    {
        await using var hasty = await ConnectAsync(new() { AnswerWait = TimeSpan.FromSeconds(15) });
        await SaveAsync("before", hasty);
        _server!.StandStill();
        try
        {
            (await Should.ThrowAsync<StateException>(() => SaveAsync("lost", hasty))).MayPass.ShouldBeTrue();
        }
        finally
        {
            _server.GoOn();
        }

        await _server.RunAsync("SELECT 1", Cancel);
        await SaveAsync("later", hasty);
        (await NamesAsync()).ShouldBe(["before", "later"]);
    }

    [Fact]
    public async Task Write_AnotherProcessStandsStillInTheMiddle_LosesItsStepAndOthersGoOn()
    {
        await using var other = await ConnectAsync(new() { StillLimit = TimeSpan.FromSeconds(15) });
        await using var still = await other.BeginWriteAsync(Cancel);
        await InstanceTable.SaveAsync(still, new() { Provider = "still" }, Cancel);

        await SaveAsync("goes on");

        (await Should.ThrowAsync<StateException>(() => still.CommitAsync(Cancel))).MayPass.ShouldBeTrue();
        (await NamesAsync()).ShouldBe(["goes on"]);
    }

    [Fact]
    public async Task Write_ServerTakesNoWritesForAWhile_GoesOnLater()
    {
        await SaveAsync("before");
        await _server!.RunAsync("ALTER SYSTEM SET default_transaction_read_only = on", Cancel);
        await _server.RunAsync("SELECT pg_reload_conf()", Cancel);
        await Eventually.TrueAsync(async () => await IsReadOnlyAsync(), Cancel);

        (await Should.ThrowAsync<StateException>(() => SaveAsync("lost"))).MayPass.ShouldBeTrue();
        (await Should.ThrowAsync<StateException>(NamesAsync)).Message.ShouldContain("takes no writes", customMessage: "nobody stays on a standby");
        await _server.RunAsync("ALTER SYSTEM RESET default_transaction_read_only", Cancel);
        await _server.RunAsync("SELECT pg_reload_conf()", Cancel);
        await Eventually.TrueAsync(async () => !await IsReadOnlyAsync(), Cancel);

        await SaveAsync("later");
        (await NamesAsync()).ShouldBe(["before", "later"]);
    }

    [Fact]
    public async Task Begin_LockedForTooLong_SaysSo()
    {
        var patient = new PostgresSettings { LockWait = TimeSpan.FromSeconds(1), StillLimit = TimeSpan.FromMinutes(1) };
        await using var one = await StateDatabase.ConnectAsync(_server!.Address, new ManualClock(), patient, Cancel);
        await using var other = await StateDatabase.ConnectAsync(_server.Address, new ManualClock(), patient, Cancel);
        await using var held = await one.BeginWriteAsync(Cancel);

        var fault = await Should.ThrowAsync<StateException>(() => other.BeginWriteAsync(Cancel));

        fault.Message.ShouldContain("stayed locked by another process");
        fault.MayPass.ShouldBeTrue();
    }

    [Fact]
    public async Task Begin_WaitingForAnother_CanBeCancelled()
    {
        await using var other = await ConnectAsync();
        await using var held = await other.BeginWriteAsync(Cancel);
        using var stop = new CancellationTokenSource();

        var waiting = _database.BeginWriteAsync(stop.Token);
        await stop.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(() => waiting);
    }

    [Fact]
    public async Task Write_InAReadingTransaction_IsRefused()
    {
        await using var transaction = await _database.BeginReadAsync(Cancel);

        await Should.ThrowAsync<StateException>(() => InstanceTable.SaveAsync(transaction, new() { Provider = "p" }, Cancel));
    }

    [Fact]
    public async Task Read_WhatNobodyOfOursWrote_IsExplained()
    {
        await SaveAsync("a name");
        await using var transaction = await _database.BeginReadAsync(Cancel);

        var fault = await Should.ThrowAsync<StateException>(
            () => transaction.Prepare("SELECT provider FROM instance_status").ReadAsync(row => row.Long(), Cancel));

        fault.Message.ShouldContain("holds what no KeyRotator wrote");
        fault.Message.ShouldNotContain("a name");
    }

    // As anybody sees it who does not say otherwise, on a connection that was there before.
    private async Task<bool> IsReadOnlyAsync()
    {
        await using var source = NpgsqlDataSource.Create(PostgresSource.ConnectionString(_server!.Address, 1, TimeSpan.FromSeconds(9)));
        await using var command = source.CreateCommand("SHOW transaction_read_only");
        return await command.ExecuteScalarAsync(Cancel) is "on";
    }

    private Task<StateDatabase> ConnectAsync(PostgresSettings? settings = null) =>
        StateDatabase.ConnectAsync(_server!.Address, new ManualClock(), settings ?? new(), Cancel);

    private async Task SaveAsync(string provider, StateDatabase? database = null)
    {
        await using var transaction = await (database ?? _database).BeginWriteAsync(Cancel);
        await InstanceTable.SaveAsync(transaction, new() { Provider = provider }, Cancel);
        await transaction.CommitAsync(Cancel);
    }

    private async Task<List<string>> NamesAsync()
    {
        await using var transaction = await _database.BeginReadAsync(Cancel);
        return await transaction.Prepare("SELECT provider FROM instance_status ORDER BY provider").ReadAsync(row => row.Text(), Cancel);
    }
}

using KeyRotator.Audit;
using KeyRotator.Ledger;
using KeyRotator.State;
using KeyRotator.Tests.Support;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Audit;

/// <summary>The audit is looked after: a broken chain is a finding, cheap to see at each start, and seen in full once a day.</summary>
public sealed class AuditWatchTests
{
    private const string Change = "UPDATE audit SET reason = 'another' WHERE sequence = ";
    private const string Cut = "DELETE FROM audit WHERE sequence = ";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Look_WholeChain_FindsNothing()
    {
        await using var world = await WorldAsync(3);

        (await LookAsync(world)).ShouldBeNull();
        await AddAsync(world, 2);
        (await LookAsync(world)).ShouldBeNull();

        (await world.OpenAsync()).ShouldBeEmpty();
        await using var transaction = await world.State.BeginReadAsync(Token);
        (await AuditProofTable.LoadAsync(transaction, Token)).ShouldNotBeNull().Head.Sequence.ShouldBe(5);
    }

    [Fact]
    public async Task Look_Empty_FindsNothing()
    {
        await using var world = await WorldAsync(0);

        (await LookAsync(world)).ShouldBeNull();
        (await world.OpenAsync()).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(Change, 5, 5)]
    [InlineData(Cut, 5, 5)] // the last row that was seen is gone: rows were cut off
    [InlineData(Change, 7, 7)]
    [InlineData(Cut, 6, 6)]
    public async Task Look_WhatCameSince_IsSeenAtOnce(string sql, int row, int brokenAt)
    {
        await using var world = await WorldAsync(5);
        await LookAsync(world);
        await AddAsync(world, sql == Cut && row == 5 ? 0 : 3);
        await TamperAsync(
            world, sql == Change && row == 5 ? $"UPDATE audit SET hash = '{new string('a', 64)}' WHERE sequence = 5" : $"{sql}{row}");

        (await LookAsync(world)).ShouldNotBeNull().Sequence.ShouldBe(brokenAt);

        await world.DispatchAsync();
        (await world.OpenAsync()).ShouldBe(["AuditBroken audit"]);
        world.Inbox.Take().ShouldBe(["Trigger AuditBroken audit"]);
        world.Inbox.Http.Requests[^1].Text.ShouldContain("keyrotator audit verify --head SEQ:HASH");
    }

    [Theory]
    [InlineData(Change)]
    [InlineData(Cut)]
    public async Task Look_WhatWasSeenBefore_IsSeenWithinADay(string sql)
    {
        await using var world = await WorldAsync(5);
        await LookAsync(world);
        await TamperAsync(world, $"{sql}2");
        world.Clock.Advance(AuditWatch.WholeEvery - TimeSpan.FromSeconds(1));
        (await LookAsync(world)).ShouldBeNull("what lies before is gone along once a day");

        world.Clock.Advance(TimeSpan.FromSeconds(1));

        (await LookAsync(world)).ShouldNotBeNull().Sequence.ShouldBe(2);
        (await LookAsync(world)).ShouldNotBeNull("it stays broken");
        (await world.OpenAsync()).ShouldBe(["AuditBroken audit"]);
    }

    [Fact]
    public async Task Look_ClockWasSetBack_LooksAtAllOfIt()
    {
        await using var world = await WorldAsync(5);
        await LookAsync(world);
        await TamperAsync(world, $"{Change}2");
        world.Clock.Advance(TimeSpan.FromHours(-3));

        (await LookAsync(world)).ShouldNotBeNull();
    }

    [Fact]
    public async Task Look_RestoredAgain_ResolvesOnlyOnceAllOfItIsWhole()
    {
        await using var world = await WorldAsync(5);
        await LookAsync(world);
        await TamperAsync(world, $"{Change}2");
        world.Clock.Advance(AuditWatch.WholeEvery);
        await LookAsync(world);
        await AddAsync(world, 1);
        (await LookAsync(world)).ShouldNotBeNull("what came since is whole, what lies before is not");

        await TamperAsync(world, "UPDATE audit SET reason = 'Because.' WHERE sequence = 2");

        (await LookAsync(world)).ShouldBeNull();
        (await world.OpenAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Look_WhatCameSinceIsRestored_LooksAtAllOfItBeforeItResolves()
    {
        await using var world = await WorldAsync(5);
        await LookAsync(world);
        await AddAsync(world, 3);
        await TamperAsync(world, $"{Change}7");
        (await LookAsync(world)).ShouldNotBeNull().Sequence.ShouldBe(7);
        await TamperAsync(world, "UPDATE audit SET reason = 'Because.' WHERE sequence = 7");
        await TamperAsync(world, $"{Change}2");

        (await LookAsync(world)).ShouldNotBeNull().Sequence.ShouldBe(2);

        (await world.OpenAsync()).ShouldBe(["AuditBroken audit"]);
    }

    [Fact]
    public async Task Look_AfterPruning_GoesOnBehindTheCheckpoint()
    {
        await using var world = await WorldAsync(5);
        await LookAsync(world);
        await using (var transaction = await world.State.BeginWriteAsync(Token))
        {
            var now = world.Clock.GetUtcNow();
            await AuditTable.PruneAsync(transaction, world.State.Actor, now.AddDays(1), now, 100, Token);
            await transaction.CommitAsync(Token);
        }

        (await LookAsync(world)).ShouldBeNull();
        await AddAsync(world, 2);
        (await LookAsync(world)).ShouldBeNull();
    }

    [Fact]
    public async Task Check_OfTheWholeInventory_LeavesTheFindingOpen()
    {
        await using var world = await WorldAsync(3);
        await TamperAsync(world, $"{Change}2");
        await LookAsync(world);

        await world.CheckAsync();

        (await world.OpenAsync()).ShouldBe(["AuditBroken audit"]);
    }

    private static async Task<PassWorld> WorldAsync(int rows)
    {
        var world = await PassWorld.StartAsync();
        await AddAsync(world, rows);
        return world;
    }

    private static Task<AuditBreak?> LookAsync(PassWorld world) => new AuditWatch(
        world.State, new FindingWriter(world.Configured, world.Inventory, world.State.InstallationId), world.Clock).LookAsync(Token);

    private static async Task AddAsync(PassWorld world, int rows)
    {
        await using var transaction = await world.State.BeginWriteAsync(Token);
        for (var row = 0; row < rows; row++)
        {
            var entry = new AuditEntry
            {
                At = world.Clock.GetUtcNow(),
                Actor = new("ops@test", "rotate"),
                Act = AuditActs.RotationStep,
                TargetKind = AuditActs.Key,
                Target = "k",
                Reason = "Because.",
            };
            await AuditTable.AddAsync(transaction, entry, Token);
        }

        await transaction.CommitAsync(Token);
    }

    private static async Task TamperAsync(PassWorld world, string sql)
    {
        string[] guards = ["audit_fixed", "audit_kept"];
        await using var transaction = await world.State.BeginWriteAsync(Token);
        foreach (var statement in guards.Select(guard => $"DROP TRIGGER IF EXISTS {guard}").Append(sql))
        {
            await transaction.Prepare(statement).ExecuteAsync(Token);
        }

        await transaction.CommitAsync(Token);
    }
}

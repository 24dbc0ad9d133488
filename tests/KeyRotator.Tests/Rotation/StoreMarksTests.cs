using KeyRotator.Keys;
using KeyRotator.Rotation;
using KeyRotator.State;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Rotation;

/// <summary>After the database was lost: what rotations left in the stores is found there, and removed when an operator says so.</summary>
public sealed class StoreMarksTests
{
    private static readonly SecretLocation s_staging = RotationWorld.At("aws", "llm");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Find_DatabaseLostInTheOverlap_ListsMarksAndPins()
    {
        await using var world = await RotationWorld.StartAsync();
        await world.CarryOnAsync(await world.SubmitAsync(), RotationWorld.New);
        var uid = (await world.LastAsync()).Uid;
        await using var fresh = await StateDatabase.OpenAsync(null, world.Clock, Token);
        var marks = new StoreMarks(DeskOf(world, fresh));

        var found = await marks.FindAsync(null, Token);

        found.Faults.ShouldBeEmpty();
        found.Marks.Select(mark => (mark.Place.Store, mark.Rotation, mark.Pins.Count, mark.OpenRotation))
            .ShouldBe([("aws", $"{uid} Live", 1, null), ("vault", $"{uid} Live", 0, null)]);
        found.Marks.ShouldAllBe(mark => mark.Installation == world.State.InstallationId);
        (await marks.FindAsync("vault", Token)).Marks.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Close_DatabaseLostWhileStaged_RemovesItAndNothingThatIsCurrent()
    {
        await using var world = await RotationWorld.StartAsync();
        world.Staging.At = what => _ = what == "before promote aws" ? throw new KilledException() : 0;
        var journal = await world.SubmitAsync();
        await Should.ThrowAsync<KilledException>(() => world.CarryOnAsync(journal, RotationWorld.New));
        world.Heal();
        await using var fresh = await StateDatabase.OpenAsync(null, world.Clock, Token);
        var marks = new StoreMarks(DeskOf(world, fresh));
        var mark = (await marks.AtAsync(s_staging, Token)).ShouldNotBeNull();
        (mark.Staged is not null, mark.Pins.Count).ShouldBe((true, 1));

        await marks.CloseAsync(mark, Token);

        (await marks.AtAsync(s_staging, Token)).ShouldBeNull();
        world.Staging.StagedAt("llm").ShouldBeNull();
        world.Staging.Current("llm").ShouldBe(RotationWorld.Old);
        await using var transaction = await fresh.BeginReadAsync(Token);
        (await AuditTable.PageAsync(transaction, 0, 10, Token)).Select(row => (row.Act, row.Target, row.Outcome))
            .ShouldBe([("marks.closed", "aws:llm", "Begun"), ("marks.closed", "aws:llm", "Done")]);
    }

    [Fact]
    public async Task Close_OfAnOpenRotation_IsRefused()
    {
        await using var world = await RotationWorld.StartAsync();
        await world.CarryOnAsync(await world.SubmitAsync(), RotationWorld.New);
        var marks = new StoreMarks(world.Desk);
        var mark = (await marks.AtAsync(s_staging, Token)).ShouldNotBeNull();

        (await Should.ThrowAsync<RotationRefusedException>(() => marks.CloseAsync(mark, Token))).Message.ShouldContain("rotation 1");

        world.Staging.PinsOf("llm").ShouldNotBeEmpty();
    }

    [Fact]
    public async Task Find_StoreDown_TellsOfTheOthers()
    {
        await using var world = await RotationWorld.StartAsync();
        await world.CarryOnAsync(await world.SubmitAsync(), RotationWorld.New);
        world.Staging.Lose("describe aws");

        var found = await new StoreMarks(world.Desk).FindAsync(null, Token);

        found.Faults.ShouldHaveSingleItem();
        found.Marks.ShouldHaveSingleItem().Place.Store.ShouldBe("vault");
    }

    private static RotationDesk DeskOf(RotationWorld world, StateDatabase state) =>
        RotationWorld.DeskOf(state, world.Clock, world.Vendor, [world.Key], [world.Staging, world.Plain]);
}

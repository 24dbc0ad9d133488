using KeyRotator.Keys;
using KeyRotator.Rotation;
using KeyRotator.Secrets;
using KeyRotator.State;
using KeyRotator.Stores;
using KeyRotator.Tests.Support;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Rotation;

/// <summary>Somebody else changed a value outside a rotation: the old key is seen out all the same.</summary>
public sealed class WatchTests
{
    private static readonly TimeSpan s_graceAndSome = KeyPolicy.Default.Grace + TimeSpan.FromHours(1.5);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Check_ForeignChange_OpensAWatchAtOverlap()
    {
        await using var world = await ChangedAsync();

        var watch = (await RotationsAsync(world)).ShouldHaveSingleItem();

        (watch.Kind, watch.Phase).ShouldBe((RotationKind.Watch, RotationPhase.Overlap));
        watch.NewFingerprint.ShouldBe((await world.StatusAsync("k")).Fingerprint!.Value);
        watch.Locations.ShouldHaveSingleItem().BaseVersion.ShouldBe("v1");
        watch.NextAt.ShouldBe(watch.SubmittedAt + KeyPolicy.Default.Grace);
    }

    [Fact]
    public async Task Check_SameValueAgain_OpensNoSecondOne()
    {
        await using var world = await ChangedAsync();

        await world.CheckAsync();

        (await RotationsAsync(world)).Count.ShouldBe(1);
    }

    [Fact]
    public async Task Check_ChangedAgainWhileOneIsOpen_OpensNoSecondOne()
    {
        await using var world = await ChangedAsync();
        Put(world, 3);

        await world.CheckAsync();

        (await RotationsAsync(world)).Count.ShouldBe(1);
    }

    [Fact]
    public async Task Check_EarlierValuePutBackByHand_IsAForeignChangeToo()
    {
        await using var world = await ChangedAsync();
        Put(world, 1);

        await world.CheckAsync();

        (await world.StatusAsync("k")).ForeignChangeAt.ShouldBe(world.Clock.GetUtcNow(), "a watch put nothing in place");
    }

    [Fact]
    public async Task Check_FirstSight_OpensNone()
    {
        await using var world = (await PassWorld.StartAsync()).With("k");

        await world.CheckAsync();

        (await RotationsAsync(world)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Check_PolicyAgainstIt_OpensNone()
    {
        await using var world = await ChangedAsync(key => key with { Policy = key.Policy with { WatchForeign = false } });

        (await RotationsAsync(world)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Check_StoreWithoutHistory_OpensNone()
    {
        await using var world = await ChangedAsync(local: new MemoryStore("local") { Capabilities = new StoreCapabilities() });

        (await RotationsAsync(world)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Watch_OldKeyRevoked_IsCompleted()
    {
        await using var world = await WatchingAsync();
        world.Vendor.Revoke(RotationWorld.Old);

        await world.CarryOnAsync((await world.RestartAsync())!, patience: TimeSpan.FromDays(3));

        (await world.LastAsync()).Phase.ShouldBe(RotationPhase.Completed);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Watch_NothingToWatchAnyMore_EndsWithoutAskingAnybody(bool isChangedAgain)
    {
        await using var world = await WatchingAsync();
        if (isChangedAgain)
        {
            world.Staging.Put("llm", "a-third-value-81c2");
        }
        else
        {
            world.Staging.Remove("llm");
            world.Staging.Put("llm", RotationWorld.New);
        }

        await world.CarryOnAsync((await world.RestartAsync())!, patience: TimeSpan.FromDays(3));

        (await world.LastAsync()).Phase.ShouldBe(RotationPhase.Abandoned);
        (await world.FindingsAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Check_ForeignChangeInsideARotation_OpensNone()
    {
        await using var world = (await PassWorld.StartAsync()).With("k");
        await world.CheckAsync();
        await using (var transaction = await world.State.BeginWriteAsync(Token))
        {
            var open = new KeyRotation
            {
                Uid = Guid.NewGuid(),
                KeyId = KeyId.Parse("k"),
                Actor = "ops",
                SubmittedAt = world.Clock.GetUtcNow(),
                NewFingerprint = Fingerprint.Parse(new string('a', 64)),
                Grace = TimeSpan.Zero,
                Locations = [],
            };
            (await RotationTable.OpenAsync(transaction, open, world.Clock.GetUtcNow(), Token)).ShouldNotBeNull();
            await transaction.CommitAsync(Token);
        }

        Put(world, 2);
        await world.CheckAsync();

        (await RotationsAsync(world)).ShouldHaveSingleItem().Kind.ShouldBe(RotationKind.Replacement, "the rotation tells of it");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Submit_WatchIsOpen_OpensBesideItAndTheOlderKeyIsSeenOut(bool isEmergency)
    {
        await using var world = await WatchingAsync();
        const string Next = "key-next-77aa0c3e55d1";
        world.Vendor.Accept(Next);

        var journal = await world.SubmitAsync(Next, request => request with { IsEmergency = isEmergency });
        await world.CarryOnAsync(journal, Next);
        await journal.ReleaseAsync(Token);

        journal.Rotation.Phase.ShouldBe(RotationPhase.Overlap);
        world.Staging.Current("llm").ShouldBe(Next);
        world.Vendor.Revoke(RotationWorld.Old);
        await CarryOnAllAsync(world, s_graceAndSome);
        var watch = (await RotationsAsync(world)).Single(rotation => rotation.Kind is RotationKind.Watch);
        (watch.Phase, watch.Death.Rejections).ShouldBe((RotationPhase.OldKeyDead, DeathProof.Needed));
        (await StoryAsync(world, watch.Id))
            .ShouldContain($"Rotation {journal.Rotation.Id} replaces the value that came after this old key; "
            + "the old key is seen out all the same.");
    }

    // Alive when it was last asked, and its version is gone from the store: that is not nothing to say.
    [Fact]
    public async Task Watch_OldKeyAliveAndItsValueGone_EndsUnprovenWithAWarning()
    {
        await using var world = await WatchingAsync();
        await CarryOnAllAsync(world, s_graceAndSome);
        world.Staging.Remove("llm");
        world.Staging.Put("llm", RotationWorld.New);

        await CarryOnAllAsync(world, TimeSpan.FromHours(3));

        var watch = (await RotationsAsync(world)).Single(rotation => rotation.Kind is RotationKind.Watch);
        watch.Phase.ShouldBe(RotationPhase.Unproven);
        watch.Outcome!.ShouldStartWith("The old key still worked at 2026-11-22 1");
        (await world.FindingsAsync()).ShouldBe(["Warning DeathUnproven"]);
    }

    // A key that came back is in use: nobody watches for its death any more.
    [Fact]
    public async Task Watch_OldKeyPutBackByHand_EndsWithoutProof()
    {
        await using var world = await WatchingAsync();
        world.Staging.Put("llm", RotationWorld.Old);
        world.Vendor.Revoke(RotationWorld.Old);

        await CarryOnAllAsync(world, s_graceAndSome);

        (await RotationsAsync(world)).Single(rotation => rotation.Kind is RotationKind.Watch).Phase.ShouldBe(RotationPhase.Abandoned);
    }

    private static void Put(PassWorld world, int version)
    {
        world.Vendor.Accept(PassWorld.ValueOf("k", version));
        world.Local.Put("k", PassWorld.ValueOf("k", version));
    }

    private static async Task<PassWorld> ChangedAsync(Func<ManagedKey, ManagedKey>? edit = null, MemoryStore? local = null)
    {
        var world = (await PassWorld.StartAsync(local: local)).With("k", edit);
        await world.CheckAsync();
        Put(world, 2);
        await world.CheckAsync();
        return world;
    }

    // As a check opens it, over a store that keeps what was replaced.
    private static async Task<RotationWorld> WatchingAsync()
    {
        var world = await RotationWorld.StartAsync(key => key with { Locations = [RotationWorld.At("aws", "llm")] });
        var journal = await world.SubmitAsync();
        await world.CarryOnAsync(journal, RotationWorld.New);
        await journal.SaveAsync(RotationActs.Abandon(journal.Rotation, world.Clock.GetUtcNow()), null, Token);
        await world.CarryOnAsync(journal);
        var watch = journal.Rotation with
        {
            Uid = Guid.NewGuid(),
            Kind = RotationKind.Watch,
            Phase = RotationPhase.Overlap,
            EndedAt = null,
            NextAt = world.Clock.GetUtcNow(),
        };
        await using var transaction = await world.State.BeginWriteAsync(Token);
        (await RotationTable.OpenAsync(transaction, watch, world.Clock.GetUtcNow(), Token)).ShouldNotBeNull();
        await transaction.CommitAsync(Token);
        return world;
    }

    private static async Task CarryOnAllAsync(RotationWorld world, TimeSpan time)
    {
        for (var end = world.Clock.GetUtcNow() + time; world.Clock.GetUtcNow() < end;)
        {
            world.Clock.Advance(TimeSpan.FromMinutes(3));
            await Drive.UntilDone(new RotationRound(world.Desk, "run").RunAsync(TimeSpan.FromMinutes(5), Token), world.Clock);
        }
    }

    private static Task<IReadOnlyList<KeyRotation>> RotationsAsync(PassWorld world) => RotationsAsync(world.State);

    private static Task<IReadOnlyList<KeyRotation>> RotationsAsync(RotationWorld world) => RotationsAsync(world.State);

    private static async Task<IReadOnlyList<KeyRotation>> RotationsAsync(StateDatabase state)
    {
        await using var transaction = await state.BeginReadAsync(Token);
        return await RotationTable.ListAsync(transaction, all: true, 10, Token);
    }

    private static async Task<IReadOnlyList<string>> StoryAsync(RotationWorld world, long id)
    {
        await using var transaction = await world.State.BeginReadAsync(Token);
        return [.. (await RotationEventTable.OfAsync(transaction, id, Token)).Select(told => told.What)];
    }
}

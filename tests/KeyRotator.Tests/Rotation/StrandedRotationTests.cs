using KeyRotator.Audit;
using KeyRotator.Keys;
using KeyRotator.Rotation;
using KeyRotator.State;
using KeyRotator.Tests.Support;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Rotation;

/// <summary>A rotation whose key or store was taken out of the configuration: it is told of, can be given up, and touches no
/// store.</summary>
public sealed class StrandedRotationTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true, "key k is not in the configuration any more")]
    [InlineData(false, "store vault of vault:llm is not in the configuration any more")]
    public async Task Round_KeyOrStoreIsGone_IsToldOfAndTouchesNoStore(bool isKey, string why)
    {
        await using var world = await HalfWayAsync();
        var desk = Without(world, isKey);
        world.Staging.At = world.Plain.At = what => throw new ShouldAssertException($"It came to {what}.");
        world.Clock.Advance(RotationClaims.StalledAfter + BackOff.Most);

        (await RoundAsync(world, desk)).ShouldBe(1, "an operator is needed");
        (await RoundAsync(world, desk)).ShouldBe(1, "still");

        (await world.FindingsAsync()).ShouldBe(["Critical RotationStalled"]);
        (await MessageAsync(world))
            .ShouldBe($"Rotation 1: {why}, so nothing is read or written for it. Put it back, or give the rotation up: "
            + "`keyrotator rotations abandon 1`.");
        (await world.LastAsync()).NextAt.ShouldBe(world.Clock.GetUtcNow() + StrandedRotations.Pause, "others come before it");
    }

    // Another process with the new configuration may know the key.
    [Fact]
    public async Task Round_DueForAMoment_TellsNothingYet()
    {
        await using var world = await HalfWayAsync();
        world.Clock.Advance(RotationDesk.Lease);

        (await RoundAsync(world, Without(world, isKey: true))).ShouldBe(0);

        (await world.FindingsAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Round_KeyIsBack_GoesOnAndTheFindingIsGone()
    {
        await using var world = await HalfWayAsync();
        world.Clock.Advance(RotationClaims.StalledAfter + BackOff.Most);
        await RoundAsync(world, Without(world, isKey: true));
        world.Clock.Advance(StrandedRotations.Pause);

        (await RoundAsync(world, world.Desk)).ShouldBe(0);

        (await world.LastAsync()).Phase.ShouldBe(RotationPhase.Overlap);
        (await world.FindingsAsync()).ShouldBeEmpty();
    }

    // A check resolves what was said of keys that are declared no more; not this.
    [Fact]
    public async Task Orphans_OfAnOpenRotation_StayUntilItEnds()
    {
        await using var world = await HalfWayAsync();
        var desk = Without(world, isKey: true);
        world.Clock.Advance(RotationClaims.StalledAfter + BackOff.Most);
        await RoundAsync(world, desk);

        await ResolveOrphansAsync(world, desk);
        (await world.FindingsAsync()).ShouldBe(["Critical RotationStalled"]);

        (await new StrandedRotations(desk, "ops").AbandonAsync(1, Token)).ShouldNotBeNull();
        (await world.FindingsAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Abandon_Stranded_EndsItWithoutTouchingAStoreAndIsAudited()
    {
        await using var world = await HalfWayAsync();
        world.Staging.At = world.Plain.At = what => throw new ShouldAssertException($"It came to {what}.");

        var given = await new StrandedRotations(Without(world, isKey: true), "ops@test").AbandonAsync(1, Token);

        (given!.Phase, given.EndedAt).ShouldBe((RotationPhase.Abandoned, world.Clock.GetUtcNow()));
        given.Outcome.ShouldBe(
            "Given up: the new key is at vault:llm; not at aws:llm. Its notes were left at aws:llm, vault:llm: `rotations recover` lists them.");
        (await world.StoryAsync())[^1].ShouldBe($"ops@test: {given.Outcome}");
        await using var transaction = await world.State.BeginReadAsync(Token);
        var row = (await AuditTable.NewestAsync(transaction, "k", DateTimeOffset.UnixEpoch, 1, Token)).Single();
        (row.Act, row.Outcome).ShouldBe((AuditActs.RotationDecided, "Abandoned"));
    }

    [Fact]
    public async Task Abandon_StrandedWithACopyOfTheOldValue_SaysWhereItLies()
    {
        var store = new ForgetfulLabStore("kv1");
        store.Put("llm", RotationWorld.Old);
        await using var world = await RotationWorld.StartAsync(
            key => key with { Locations = [RotationWorld.At("kv1", "llm")], Previous = RotationWorld.At("kv1", "old") }, store);
        var journal = await world.SubmitAsync();
        store.Lose("write kv1");
        await world.CarryOnAsync(journal, RotationWorld.New, TimeSpan.Zero);
        await journal.ReleaseAsync(Token);

        var given = await new StrandedRotations(
            RotationWorld.DeskOf(world.State, world.Clock, world.Vendor, [], [store]), "ops").AbandonAsync(1, Token);

        given!.EndedAt.ShouldNotBeNull();
        given.Outcome!.ShouldEndWith("The old value was left at kv1:old: remove it there.");
    }

    [Fact]
    public async Task Abandon_NotStranded_IsNoneOfThese()
    {
        await using var world = await HalfWayAsync();

        (await new StrandedRotations(world.Desk, "ops").AbandonAsync(1, Token)).ShouldBeNull();

        (await world.LastAsync()).EndedAt.ShouldBeNull();
    }

    // One location holds the new key, the other is down.
    private static async Task<RotationWorld> HalfWayAsync()
    {
        var world = await RotationWorld.StartAsync();
        world.Staging.Lose("promote aws");
        var journal = await world.SubmitAsync();
        await world.CarryOnAsync(journal, RotationWorld.New, TimeSpan.Zero);
        await journal.ReleaseAsync(Token);
        world.Heal();
        return world;
    }

    private static RotationDesk Without(RotationWorld world, bool isKey) => isKey
        ? RotationWorld.DeskOf(world.State, world.Clock, world.Vendor, [], [world.Staging, world.Plain])
        : RotationWorld.DeskOf(world.State, world.Clock, world.Vendor, [world.Key], [world.Staging]);

    private static Task<int> RoundAsync(RotationWorld world, RotationDesk desk) =>
        Drive.UntilDone(new RotationRound(desk, "run").RunAsync(TimeSpan.FromMinutes(5), Token), world.Clock, RotationDesk.Lease);

    private static async Task ResolveOrphansAsync(RotationWorld world, RotationDesk desk)
    {
        var now = world.Clock.GetUtcNow();
        await using var transaction = await world.State.BeginWriteAsync(Token);
        var session = desk.Findings.Begin(transaction);
        await session.ResolveOrphansAsync(desk.Settings, now, Token);
        await session.FlushAsync(now, Token);
        await transaction.CommitAsync(Token);
    }

    private static async Task<string> MessageAsync(RotationWorld world)
    {
        await using var transaction = await world.State.BeginReadAsync(Token);
        return (await FindingTable.OpenAsync(transaction, Token)).Single().Message;
    }
}

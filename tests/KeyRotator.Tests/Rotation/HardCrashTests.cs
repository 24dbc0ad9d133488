using KeyRotator.Keys;
using KeyRotator.Rotation;
using KeyRotator.State;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Rotation;

/// <summary>The crash matrix with a world that is another one after the restart.</summary>
public sealed class HardCrashTests
{
    private const int Pairs = 60;

    public static TheoryData<int> Moments => RotationFaults.Moments;

    public static TheoryData<int, int> TwoMoments
    {
        get
        {
            var random = new Random(41);
            var pairs = new TheoryData<int, int>();
            foreach (var pair in Enumerable.Range(0, 18 * 14).OrderBy(_ => random.Next()).Take(Pairs))
            {
                pairs.Add(pair / 14, pair % 14);
            }

            return pairs;
        }
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(TwoMoments))]
    public async Task Rotation_KilledTwice_EndsWithOneValueEverywhere(int first, int second)
    {
        await using var world = await RotationWorld.StartAsync();
        var journal = await world.SubmitAsync();
        await world.DiesAsync(first, () => world.CarryOnAsync(journal, RotationWorld.New));

        await world.DiesAsync(second, world.SettleAsync);
        await world.SettleAsync();

        await ShouldBeWholeAsync(world);
    }

    [Theory]
    [MemberData(nameof(Moments))]
    public async Task SeeOut_Killed_IsProvenAllTheSame(int moment)
    {
        await using var world = await RotationWorld.StartAsync();
        var journal = await world.SubmitAsync();
        await world.CarryOnAsync(journal, RotationWorld.New);
        world.Vendor.Revoke(RotationWorld.Old);
        var patience = TimeSpan.FromDays(3);

        var isDead = await world.DiesAsync(moment, async () => await world.CarryOnAsync((await world.RestartAsync())!, patience: patience));
        if (isDead)
        {
            await world.CarryOnAsync((await world.RestartAsync())!, patience: patience);
        }

        await world.ShouldStandAsync(RotationPhase.Completed, RotationWorld.New, seen: 2);
    }

    [Theory]
    [MemberData(nameof(Moments))]
    public async Task Rotation_ClockSetBackWhileDead_EndsWithOneValueEverywhere(int moment)
    {
        await using var world = await RotationWorld.StartAsync();
        var journal = await world.SubmitAsync();
        await world.DiesAsync(moment, () => world.CarryOnAsync(journal, RotationWorld.New));

        world.Clock.JumpTo(world.Clock.GetUtcNow() - TimeSpan.FromHours(1));
        await world.SettleAsync();
        world.Clock.Advance(TimeSpan.FromMinutes(65));
        await world.SettleAsync();

        await ShouldBeWholeAsync(world);
    }

    [Theory]
    [MemberData(nameof(Moments))]
    public async Task Rotation_ClockSetBackWhileAtWork_GoesOn(int moment)
    {
        await using var world = await RotationWorld.StartAsync();
        var journal = await world.SubmitAsync();
        world.At(moment, _ => world.Clock.JumpTo(world.Clock.GetUtcNow() - TimeSpan.FromHours(1)));

        await world.CarryOnAsync(journal, RotationWorld.New, TimeSpan.FromMinutes(5));

        await world.ShouldStandAsync(RotationPhase.Overlap, RotationWorld.New, seen: 2);
    }

    [Theory]
    [MemberData(nameof(Moments))]
    public async Task Rotation_CandidateDeadAfterTheRestart_IsWrittenNowhereElse(int moment)
    {
        await using var world = await RotationWorld.StartAsync();
        var journal = await world.SubmitAsync();
        await world.DiesAsync(moment, () => world.CarryOnAsync(journal, RotationWorld.New));
        world.Vendor.Revoke(RotationWorld.New);
        var seen = Seen(world);
        world.Clock.Advance(RotationPlan.ProofHolds);

        var end = await world.SettleAsync();

        Seen(world).ShouldBe(seen, string.Join('\n', await world.StoryAsync()));
        var isStuck = end.Needs is not null || end.Locations.Any(location => location.Fault is not null);
        (await world.FindingsAsync()).ShouldBe(isStuck ? ["Critical RotationStalled"] : []);
        (isStuck || end.Phase is RotationPhase.Refused or RotationPhase.Overlap).ShouldBeTrue($"{end.Phase}");
    }

    [Theory]
    [MemberData(nameof(Moments))]
    public async Task Rotation_StoreReadOnlyAfterTheRestart_IsToldAndGoesOnLater(int moment)
    {
        await using var world = await RotationWorld.StartAsync();
        var journal = await world.SubmitAsync();
        await world.DiesAsync(moment, () => world.CarryOnAsync(journal, RotationWorld.New));
        var seen = Seen(world);
        world.Plain.IsReadOnly = world.Staging.IsReadOnly = true;

        var end = await world.SettleAsync();
        Seen(world).ShouldBe(seen);
        if (end.Phase is RotationPhase.Installing)
        {
            (await world.FindingsAsync()).ShouldBe(["Critical RotationStalled"]);
        }

        world.Plain.IsReadOnly = world.Staging.IsReadOnly = false;
        await world.SettleAsync();
        await ShouldBeWholeAsync(world);
    }

    // The one record from which nothing but the end follows: whoever is killed after it must not leave the rotation lying.
    [Fact]
    public async Task Due_NothingToWaitFor_IsDue()
    {
        await using var world = await RotationWorld.StartAsync();
        var journal = await world.SubmitAsync();
        await journal.SaveAsync(journal.Rotation with { Phase = RotationPhase.OldKeyDead, NextAt = null }, null, Token);
        world.Clock.Advance(RotationDesk.Lease);

        await using var transaction = await world.State.BeginReadAsync(Token);
        (await RotationTable.DueAsync(transaction, world.Clock.GetUtcNow(), 10, Token)).ShouldBe([1]);
    }

    // It was taken for lost, and came all the same: it is our own, and stands in nobody's way.
    [Fact]
    public async Task Stage_LateCallArrives_IsTakenBackAndStagedAnew()
    {
        await using var world = await RotationWorld.StartAsync();
        var journal = await world.SubmitAsync();
        world.Staging.Lose("stage aws");
        await world.CarryOnAsync(journal, RotationWorld.New, TimeSpan.Zero);
        world.Heal();
        var late = journal.Rotation.Locations[0];
        world.Clock.Advance(LocationWork.SettleTime);
        world.Staging.At = what =>
        {
            if (what == "before stage aws")
            {
                world.Heal();
                world.Staging.StageLate(late.Location, RotationWorld.New, late.Token);
            }
        };

        await world.CarryOnAsync(journal, RotationWorld.New, TimeSpan.FromMinutes(5));

        await world.ShouldStandAsync(RotationPhase.Overlap, RotationWorld.New, seen: 2);
    }

    // Nothing is there to stage beside: it is written.
    [Fact]
    public async Task Stage_SecretIsAbsent_IsWritten()
    {
        await using var world = await RotationWorld.StartAsync(key => key with
        {
            Locations = [.. key.Locations, RotationWorld.At("aws", "fresh")],
        });

        await world.CarryOnAsync(await world.SubmitAsync(), RotationWorld.New);

        world.Staging.SeenBy("fresh").ShouldBe([RotationWorld.New]);
        await world.ShouldStandAsync(RotationPhase.Overlap, RotationWorld.New, seen: 2);
    }

    private static int[] Seen(RotationWorld world) => [world.Staging.SeenBy("llm").Count, world.Plain.SeenBy("llm").Count];

    private static async Task ShouldBeWholeAsync(RotationWorld world)
    {
        var isLive = (await world.LastAsync()).Phase is not RotationPhase.Refused;
        await (isLive ? world.ShouldStandAsync(RotationPhase.Overlap, RotationWorld.New, seen: 2)
            : world.ShouldStandAsync(RotationPhase.Refused, RotationWorld.Old, seen: 1));
    }
}

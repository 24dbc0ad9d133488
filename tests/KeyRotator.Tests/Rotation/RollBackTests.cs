using KeyRotator.Keys;
using KeyRotator.Rotation;
using KeyRotator.Stores;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Rotation;

/// <summary>The way back: from every moment of the way there, and disturbed at every moment itself.</summary>
public sealed class RollBackTests
{
    private const string Foreign = "somebody-elses-value-3c1d";

    public static TheoryData<int> Moments => RotationFaults.Moments;

    [Theory]
    [MemberData(nameof(Moments))]
    public async Task RollBack_Killed_EndsWithTheOldValueEverywhere(int moment)
    {
        await using var world = await LiveAsync();
        var journal = await world.RollBackAsync();

        await world.DiesAsync(moment, () => world.CarryOnAsync(journal));
        await world.SettleAsync();

        await world.ShouldStandAsync(RotationPhase.RolledBack, RotationWorld.Old, seen: 3);
    }

    [Theory]
    [MemberData(nameof(Moments))]
    public async Task RollBack_AnswerLost_EndsWithTheOldValueEverywhere(int moment)
    {
        await using var world = await LiveAsync();
        var journal = await world.RollBackAsync();
        world.At(moment, what => throw new SecretStoreException("lab", what, null, isTransient: true, "No answer came."));

        await world.CarryOnAsync(journal, patience: TimeSpan.FromMinutes(5));

        await world.ShouldStandAsync(RotationPhase.RolledBack, RotationWorld.Old, seen: 3);
    }

    [Theory]
    [MemberData(nameof(Moments))]
    public async Task RollBack_FromEveryMomentOfTheWayThere_LeavesNothingBehind(int moment)
    {
        await using var world = await RotationWorld.StartAsync();
        var submitted = await world.SubmitAsync();
        await world.DiesAsync(moment, () => world.CarryOnAsync(submitted, RotationWorld.New));
        var changes = new LabStore[] { world.Staging, world.Plain }.Select(store => store.SeenBy("llm").Count).ToList();

        await world.CarryOnAsync(await world.RollBackAsync(), patience: TimeSpan.FromMinutes(5));

        (await world.LastAsync()).Phase.ShouldBe(RotationPhase.RolledBack, string.Join('\n', await world.StoryAsync()));
        world.Staging.StagedAt("llm").ShouldBeNull();
        foreach (var (store, seen) in new LabStore[] { world.Staging, world.Plain }.Zip(changes))
        {
            store.Current("llm").ShouldBe(RotationWorld.Old);
            store.SeenBy("llm").Count.ShouldBe(seen == 1 ? 1 : 3);
        }
    }

    // The call is on its way when the operator asks: what it does when it arrives must not outlive the way back.
    [Fact]
    public async Task RollBack_RightAfterALostCall_WaitsUntilItCannotArriveAnyMore()
    {
        await using var world = await RotationWorld.StartAsync(key => key with { Locations = [RotationWorld.At("vault", "llm")] });
        var journal = await world.SubmitAsync();
        world.Plain.Lose("write vault");
        await world.CarryOnAsync(journal, RotationWorld.New, TimeSpan.Zero);
        world.Heal();
        var begunAt = journal.Rotation.Locations[0].BegunAt!.Value;

        var asked = RotationActs.RollBack(journal.Rotation, world.Clock.GetUtcNow());
        await journal.SaveAsync(asked, null, TestContext.Current.CancellationToken);
        await world.CarryOnAsync(journal, patience: TimeSpan.FromMinutes(5));

        journal.Rotation.Phase.ShouldBe(RotationPhase.RolledBack);
        journal.Rotation.EndedAt!.Value.ShouldBeGreaterThanOrEqualTo(begunAt + LocationWork.SettleTime);
    }

    [Fact]
    public async Task RollBack_OldKeyDiedMeanwhile_WritesNothingMore()
    {
        await using var world = await LiveAsync();
        var journal = await world.RollBackAsync();
        world.Vendor.Revoke(RotationWorld.Old);

        var stop = await world.CarryOnAsync(journal, patience: TimeSpan.FromMinutes(5));

        stop.ShouldBeOfType<RotationStep.Ask>();
        world.Staging.Current("llm").ShouldBe(RotationWorld.New);
        world.Plain.Current("llm").ShouldBe(RotationWorld.New);
        (await world.FindingsAsync()).ShouldBe(["Critical RotationStalled"]);
    }

    [Fact]
    public async Task RollBack_ForeignValue_IsLeftUntilTheOperatorHasItReplaced()
    {
        await using var world = await LiveAsync();
        var journal = await world.RollBackAsync();
        world.Plain.Put("llm", Foreign);

        await world.CarryOnAsync(journal);
        world.Plain.Current("llm").ShouldBe(Foreign);
        (await world.FindingsAsync()).ShouldBe(["Critical ForeignChange"]);
        await world.ActAsync(RotationActs.Overwrite);
        await world.SettleAsync();

        (await world.LastAsync()).Phase.ShouldBe(RotationPhase.RolledBack, string.Join('\n', await world.StoryAsync()));
        world.Plain.Current("llm").ShouldBe(RotationWorld.Old);
        world.Staging.Current("llm").ShouldBe(RotationWorld.Old);
    }

    [Fact]
    public async Task RollBack_AfterOverwriting_PutsTheOldValueBack()
    {
        await using var world = await RotationWorld.StartAsync();
        var journal = await world.SubmitAsync();
        world.At(0, _ => world.Plain.Put("llm", Foreign));
        await world.CarryOnAsync(journal, RotationWorld.New);
        await world.ActAsync(RotationActs.Overwrite);
        (await world.SettleAsync()).Phase.ShouldBe(RotationPhase.Overlap);

        await world.CarryOnAsync(await world.RollBackAsync(), patience: TimeSpan.FromMinutes(5));

        (await world.LastAsync()).Phase.ShouldBe(RotationPhase.RolledBack, string.Join('\n', await world.StoryAsync()));
        world.Plain.Current("llm").ShouldBe(RotationWorld.Old);
    }

    private static async Task<RotationWorld> LiveAsync()
    {
        var world = await RotationWorld.StartAsync();
        var journal = await world.SubmitAsync();
        await world.CarryOnAsync(journal, RotationWorld.New);
        await journal.ReleaseAsync(TestContext.Current.CancellationToken);
        return world;
    }
}

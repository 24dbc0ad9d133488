using KeyRotator.Keys;
using KeyRotator.Rotation;
using KeyRotator.Secrets;
using KeyRotator.State;

using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Rotation;

/// <summary>The primary's value to drifted locations: killed, raced, and in the way of others.</summary>
public sealed class SyncTests
{
    public static TheoryData<int, bool> Moments =>
    [
        .. Enumerable.Range(0, 24).SelectMany(moment => (TheoryDataRow<int, bool>[])[new(moment, true), new(moment, false)]),
    ];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Sync_DriftedLocation_IsWrittenAndEndsWithoutOverlap()
    {
        await using var world = await DriftedAsync();

        await world.CarryOnAsync((await OpenAsync(world))!, RotationWorld.New);

        var last = await world.LastAsync();
        (last.Kind, last.Phase, last.LiveAt, last.OldFingerprint).ShouldBe((RotationKind.Sync, RotationPhase.Completed, null, null));
        world.Plain.SeenBy("llm")[^1].ShouldBe(RotationWorld.New);
        (await OpenAsync(world)).ShouldBeNull("it is in step now");
    }

    [Fact]
    public async Task Sync_KilledBeforeAnything_IsCarriedOnFromThePrimary()
    {
        await using var world = await DriftedAsync();
        await OpenAsync(world);

        var last = await world.SettleAsync();

        last.Phase.ShouldBe(RotationPhase.Completed);
        world.Plain.SeenBy("llm")[^1].ShouldBe(RotationWorld.New);
    }

    [Fact]
    public async Task Sync_KilledAndThePrimaryChanged_EndsAndChangesNothing()
    {
        await using var world = await DriftedAsync();
        await OpenAsync(world);
        world.Staging.Put("llm", "key-other-77aa0c3a9b7d1e4c");

        var last = await world.SettleAsync();

        last.Phase.ShouldBe(RotationPhase.Refused);
        last.Outcome.ShouldBe("The primary holds another value by now: say `keys sync` again. Nothing was changed.");
        world.Plain.SeenBy("llm")[^1].ShouldBe(RotationWorld.Old);
        (await world.FindingsAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Sync_ForeignWriteMeanwhile_IsLeftAndCannotBeAdopted()
    {
        await using var world = await DriftedAsync();
        var journal = (await OpenAsync(world))!;
        world.Plain.Put("llm", "key-other-77aa0c3a9b7d1e4c");

        await world.CarryOnAsync(journal, RotationWorld.New);

        world.Plain.SeenBy("llm")[^1].ShouldBe("key-other-77aa0c3a9b7d1e4c");
        journal.Rotation.Needs.ShouldNotBeNull();
        var now = world.Clock.GetUtcNow();
        Should.Throw<RotationRefusedException>(() => RotationActs.Adopt(journal.Rotation, now)).Message.ShouldContain("is a sync");
        Should.Throw<RotationRefusedException>(() => RotationActs.RollBack(journal.Rotation, now)).Message.ShouldContain("is a sync");
        await journal.DecideAsync(RotationActs.Overwrite(journal.Rotation, now), "said so", Token);
        await world.CarryOnAsync(journal, RotationWorld.New);
        world.Plain.SeenBy("llm")[^1].ShouldBe(RotationWorld.New);
        (await world.LastAsync()).Phase.ShouldBe(RotationPhase.Completed);
    }

    [Theory]
    [MemberData(nameof(Moments))]
    public async Task Sync_KilledAtAnyMoment_EndsInStepWithOneNewVersion(int moment, bool canStage)
    {
        string[] stores = canStage ? ["vault", "aws"] : ["aws", "vault"];
        await using var world = await DriftedAsync(key => key with { Locations = [.. stores.Select(At)] }, canStage);
        var journal = (await OpenAsync(world))!;

        await world.DiesAsync(moment, () => world.CarryOnAsync(journal, RotationWorld.New));
        var last = await world.SettleAsync();

        last.Phase.ShouldBe(RotationPhase.Completed, string.Join('\n', await world.StoryAsync()));
        LabStore drifted = canStage ? world.Staging : world.Plain;
        drifted.SeenBy("llm").ShouldBe([RotationWorld.Old, RotationWorld.New]);
        (canStage ? world.Plain : world.Staging).SeenBy("llm").ShouldBe([RotationWorld.Old, RotationWorld.New]);
        (await world.FindingsAsync()).ShouldBeEmpty();

        static SecretLocation At(string store) => RotationWorld.At(store, "llm");
    }

    [Fact]
    public async Task Sync_TwoAtOnce_OneIsOpened()
    {
        await using var world = await DriftedAsync();
        var plan = await PlanAsync(world);
        await new SyncOffice(world.Desk).OpenAsync(plan, Token);

        var refusal = await Should.ThrowAsync<RotationRefusedException>(() => new SyncOffice(world.Desk).OpenAsync(plan, Token));

        refusal.Message.ShouldContain("Rotation 1 of k is open already");
    }

    [Fact]
    public async Task Sync_ValueThatNoCheckHasSeen_IsRefused()
    {
        await using var world = await DriftedAsync();
        await using (var transaction = await world.State.BeginWriteAsync(Token))
        {
            var print = world.Desk.Fingerprinter.Of(new SecretValue(RotationWorld.Old));
            var status = new KeyStatus { KeyId = world.Key.Id, Provider = "gate", Version = 1, Fingerprint = print };
            await KeyStatusTable.SaveAsync(transaction, [status], Token);
            await transaction.CommitAsync(Token);
        }

        var refusal = await Should.ThrowAsync<RotationRefusedException>(() => PlanAsync(world));

        refusal.Message.ShouldContain("Run `keyrotator check k` first");
    }

    private static async Task<RotationWorld> DriftedAsync(Func<ManagedKey, ManagedKey>? edit = null, bool isStaging = false)
    {
        var world = await RotationWorld.StartAsync(edit);
        await world.SawAsync(RotationWorld.Old, sequence: 1);
        await world.SawAsync(RotationWorld.New, sequence: 2);
        (isStaging ? world.Plain : (LabStore)world.Staging).Put("llm", RotationWorld.New);
        return world;
    }

    private static Task<SyncPlan> PlanAsync(RotationWorld world) =>
        new SyncOffice(world.Desk).PlanAsync(new RotationRequest { Key = world.Key, Actor = "ops@test" }, Token);

    private static async Task<RotationJournal?> OpenAsync(RotationWorld world) =>
        await new SyncOffice(world.Desk).OpenAsync(await PlanAsync(world), Token);
}

using KeyRotator.Keys;
using KeyRotator.Rotation;
using KeyRotator.Secrets;
using KeyRotator.State;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Rotation;

/// <summary>What a secondary location holds is looked at before a rotation is opened.</summary>
public sealed class StrangeValueTests
{
    private const string Strange = "nobody-knows-this-value-6e2f";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Submit_ValueNeverSeenAtASecondary_IsRefusedWithBothFingerprints()
    {
        await using var world = await RotationWorld.StartAsync();
        world.Plain.Put("llm", Strange);

        var refusal = await Should.ThrowAsync<RotationRefusedException>(() => world.SubmitAsync());

        refusal.Message.ShouldContain($"vault:llm holds a value ({world.PrintOf(Strange)})");
        refusal.Message.ShouldContain($"aws:llm holds {world.PrintOf(RotationWorld.Old)}");
        refusal.Message.ShouldNotContain(Strange);
    }

    [Fact]
    public async Task Submit_OverwriteOfExactlyThatValue_ReplacesIt()
    {
        await using var world = await RotationWorld.StartAsync();
        world.Plain.Put("llm", Strange);

        await world.CarryOnAsync(await SubmitAsync(world, world.PrintOf(Strange)), RotationWorld.New);

        (await world.LastAsync()).Phase.ShouldBe(RotationPhase.Overlap);
        world.Plain.Current("llm").ShouldBe(RotationWorld.New);
    }

    [Fact]
    public async Task Submit_OverwriteOfAnotherValue_IsRefused()
    {
        await using var world = await RotationWorld.StartAsync();
        var shown = world.PrintOf(Strange);
        world.Plain.Put("llm", "and-this-one-came-after-it-was-shown");

        await Should.ThrowAsync<RotationRefusedException>(() => SubmitAsync(world, shown));
    }

    [Fact]
    public async Task Submit_EarlierVersionAtASecondary_IsDriftAndReplaced()
    {
        await using var world = await RotationWorld.StartAsync();
        await world.SawAsync(Strange, sequence: 1);
        world.Plain.Put("llm", Strange);

        await world.CarryOnAsync(await world.SubmitAsync(), RotationWorld.New);

        (await world.LastAsync()).Phase.ShouldBe(RotationPhase.Overlap);
        world.Plain.SeenBy("llm").ShouldBe([RotationWorld.Old, Strange, RotationWorld.New]);
    }

    // The candidate of a rotation that was given up half way stands at a secondary, where no check looks for versions.
    [Fact]
    public async Task Submit_CandidateOfAnAbandonedRotationAtASecondary_IsReplaced()
    {
        await using var world = await RotationWorld.StartAsync();
        await world.SawAsync(RotationWorld.Old, sequence: 1);
        world.Staging.Lose("promote aws");
        var journal = await world.SubmitAsync();
        await world.CarryOnAsync(journal, RotationWorld.New);
        await journal.ReleaseAsync(Token);
        world.Heal();
        await world.ActAsync(RotationActs.Abandon);
        (await world.SettleAsync()).EndedAt.ShouldNotBeNull();
        world.Plain.Current("llm").ShouldBe(RotationWorld.New);
        world.Vendor.Accept("key-next-77aa0c3e55d1");

        await world.CarryOnAsync(await world.SubmitAsync("key-next-77aa0c3e55d1"), "key-next-77aa0c3e55d1");

        (await world.LastAsync()).Phase.ShouldBe(RotationPhase.Overlap);
        world.Plain.SeenBy("llm").ShouldBe([RotationWorld.Old, RotationWorld.New, "key-next-77aa0c3e55d1"]);
    }

    [Fact]
    public async Task Submit_RefusedCandidateAtASecondary_IsStrangeAllTheSame()
    {
        await using var world = await RotationWorld.StartAsync();
        world.Vendor.Revoke(Strange);
        await world.CarryOnAsync(await world.SubmitAsync(Strange), Strange);
        (await world.LastAsync()).Phase.ShouldBe(RotationPhase.Refused);
        world.Plain.Put("llm", Strange);

        await Should.ThrowAsync<RotationRefusedException>(() => world.SubmitAsync());
    }

    [Fact]
    public async Task Submit_CandidateAtASecondaryAlready_IsTakenAsWritten()
    {
        await using var world = await RotationWorld.StartAsync();
        world.Plain.Put("llm", RotationWorld.New);

        (await world.SubmitAsync()).Rotation.Locations[1].Step.ShouldBe(LocationStep.Written);
    }

    [Fact]
    public async Task Emergency_OldVersion_IsCompromisedWithTimeActorAndReason()
    {
        await using var world = await RotationWorld.StartAsync();
        await world.SawAsync(RotationWorld.Old, sequence: 1);

        await world.SubmitAsync(edit: request => request with { IsEmergency = true });

        await using var transaction = await world.State.BeginReadAsync(Token);
        (await KeyVersionTable.OfAsync(transaction, world.Key.Id, Token)).Single().State.ShouldBe(KeyState.Compromised);
        (await KeyStates.TransitionsAsync(transaction, world.Key.Id, Token))[1].Last().ShouldBe(
            new(KeyState.Active, KeyState.Compromised, world.Clock.GetUtcNow(), "ops@test", "leaked, by rotation 1"));
    }

    [Fact]
    public async Task Emergency_TwiceOrOfAnotherValue_MovesOnlyWhatMayMove()
    {
        await using var world = await RotationWorld.StartAsync();
        await world.SawAsync(RotationWorld.Old, sequence: 1);
        await world.SawAsync(Strange, sequence: 2);
        await using var transaction = await world.State.BeginWriteAsync(Token);
        var leaked = world.Desk.Fingerprinter.Of(new SecretValue(RotationWorld.Old));
        var move = new KeyTransition(null, KeyState.Compromised, world.Clock.GetUtcNow(), "ops@test", "leaked");

        await KeyStates.CompromiseAsync(transaction, world.Key.Id, leaked, move, Token);
        await KeyStates.CompromiseAsync(transaction, world.Key.Id, leaked, move, Token);

        (await KeyVersionTable.OfAsync(transaction, world.Key.Id, Token)).Select(version => version.State)
            .ShouldBe([KeyState.Active, KeyState.Compromised]);
        (await KeyStates.TransitionsAsync(transaction, world.Key.Id, Token))[1]
            .Count(each => each.To is KeyState.Compromised).ShouldBe(1);
    }

    [Fact]
    public async Task Emergency_OldKeyAlive_IsCriticalAtOnceAndAskedSoon()
    {
        await using var world = await RotationWorld.StartAsync();

        var stop = await world.CarryOnAsync(
            await world.SubmitAsync(edit: request => request with { IsEmergency = true }), RotationWorld.New);

        stop.ShouldBeOfType<RotationStep.Wait>().Until.ShouldBeLessThanOrEqualTo(world.Clock.GetUtcNow() + DeathProof.SoonAgain);
        (await world.FindingsAsync()).ShouldBe(["Critical OldKeyAlive"]);
    }

    private static Task<RotationJournal> SubmitAsync(RotationWorld world, string overwrites) =>
        world.SubmitAsync(edit: request => request with { Overwrites = [overwrites] });
}

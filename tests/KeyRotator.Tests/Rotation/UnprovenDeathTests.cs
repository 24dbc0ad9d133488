using KeyRotator.Keys;
using KeyRotator.Rotation;
using KeyRotator.Secrets;
using KeyRotator.State;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Rotation;

/// <summary>A rotation that ended without proof is told of, stays visible, and does not stay for ever.</summary>
public sealed class UnprovenDeathTests
{
    private static readonly TimeSpan s_day = TimeSpan.FromDays(1);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Close_WithoutProof_IsAWarningThatStays()
    {
        await using var world = await ClosedAsync();

        world.Clock.Advance(UnprovenDeaths.Longest - s_day);
        await RoundAsync(world);

        (await world.FindingsAsync()).ShouldBe(["Warning DeathUnproven"]);
    }

    [Fact]
    public async Task Round_AfterThirtyDays_IsResolved()
    {
        await using var world = await ClosedAsync();

        world.Clock.Advance(UnprovenDeaths.Longest);
        await RoundAsync(world);

        (await world.FindingsAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Round_OldVersionProvenDeadLater_IsResolved()
    {
        await using var world = await ClosedAsync();
        await world.SawAsync(RotationWorld.Old, sequence: 1);
        await using (var transaction = await world.State.BeginWriteAsync(Token))
        {
            var old = world.Desk.Fingerprinter.Of(new SecretValue(RotationWorld.Old));
            await KeyVersionTable.ProveDeadAsync(transaction, world.Key.Id, old, world.Clock.GetUtcNow(), Token);
            await transaction.CommitAsync(Token);
        }

        await RoundAsync(world);

        (await world.FindingsAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Close_ByAnOperatorAgain_TakesItAwayAndIsInTheStory()
    {
        await using var world = await ClosedAsync();
        var deaths = new UnprovenDeaths(world.Desk);

        (await deaths.CloseAsync(2, "ops@test", Token)).ShouldBeFalse("it is about rotation 1");
        (await world.FindingsAsync()).ShouldBe(["Warning DeathUnproven"]);
        (await deaths.CloseAsync(1, "ops@test", Token)).ShouldBeTrue();
        (await deaths.CloseAsync(1, "ops@test", Token)).ShouldBeFalse("nothing is open any more");

        (await world.FindingsAsync()).ShouldBeEmpty();
        (await world.StoryAsync())[^1].ShouldBe("Said that the old key is revoked; nobody proved it.");
    }

    [Fact]
    public async Task SeeOut_NoProofWaived_EndsWithTheWarning()
    {
        var store = new ForgetfulLabStore("kv1");
        store.Put("llm", RotationWorld.Old);
        await using var world = await RotationWorld.StartAsync(key => key with { Locations = [RotationWorld.At("kv1", "llm")] }, store);

        await world.CarryOnAsync(
            await world.SubmitAsync(edit: request => request with { WaivesProof = true }), RotationWorld.New, TimeSpan.FromDays(2));

        (await world.LastAsync()).Phase.ShouldBe(RotationPhase.Unproven);
        (await world.FindingsAsync()).ShouldBe(["Warning DeathUnproven"]);
    }

    [Fact]
    public async Task Submit_NoProofWhereAStoreKeepsTheOldValue_IsProvenAllTheSame()
    {
        await using var world = await RotationWorld.StartAsync();

        var journal = await world.SubmitAsync(edit: request => request with { WaivesProof = true });

        journal.Rotation.WaivesProof.ShouldBeFalse();
    }

    private static async Task<RotationWorld> ClosedAsync()
    {
        var world = await RotationWorld.StartAsync();
        var journal = await world.SubmitAsync();
        await world.CarryOnAsync(journal, RotationWorld.New);
        await journal.SaveAsync(RotationActs.Close(journal.Rotation, world.Clock.GetUtcNow()), null, Token);
        await world.CarryOnAsync(journal);
        return world;
    }

    private static Task<int> RoundAsync(RotationWorld world) => new RotationRound(world.Desk, "run").RunAsync(s_day, Token);
}

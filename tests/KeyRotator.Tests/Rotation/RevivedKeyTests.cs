using KeyRotator.Keys;
using KeyRotator.State;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Rotation;

/// <summary>A key that was proven dead and works again.</summary>
public sealed class RevivedKeyTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task LastLook_OldKeyWorksAgain_IsNotDeadAndIsTold()
    {
        await using var world = await ProvenDeadAsync();
        (await DeadAtAsync(world)).ShouldNotBeNull();
        (await world.FindingsAsync()).ShouldBeEmpty();
        world.Vendor.Accept(RotationWorld.Old);

        await OnAsync(world);

        (await DeadAtAsync(world)).ShouldBeNull();
        (await world.FindingsAsync()).ShouldBe(["Warning OldKeyAlive"]);
        var rotation = await world.LastAsync();
        (rotation.Phase, rotation.RevivedAt is not null).ShouldBe((RotationPhase.Overlap, true));
    }

    [Fact]
    public async Task LastLook_DeadOnceMore_EndsAsDead()
    {
        await using var world = await ProvenDeadAsync();
        world.Vendor.Accept(RotationWorld.Old);
        await OnAsync(world);
        world.Vendor.Revoke(RotationWorld.Old);

        for (var round = 0; round < 6 && (await world.LastAsync()).EndedAt is null; round++)
        {
            await OnAsync(world);
        }

        (await DeadAtAsync(world)).ShouldNotBeNull();
        (await world.FindingsAsync()).ShouldBeEmpty();
        (await world.LastAsync()).Phase.ShouldBe(RotationPhase.Completed);
    }

    private static async Task<RotationWorld> ProvenDeadAsync()
    {
        var world = await RotationWorld.StartAsync();
        await world.SawAsync(RotationWorld.Old, sequence: 1);
        var journal = await world.SubmitAsync(edit: request => request with { Grace = TimeSpan.Zero });
        await world.CarryOnAsync(journal, RotationWorld.New);
        await journal.ReleaseAsync(Token);
        world.Vendor.Revoke(RotationWorld.Old);
        for (var round = 0; round < 9 && (await world.LastAsync()).Phase is not RotationPhase.OldKeyDead; round++)
        {
            await OnAsync(world);
        }

        return world;
    }

    private static async Task OnAsync(RotationWorld world)
    {
        var wait = (await world.LastAsync()).NextAt - world.Clock.GetUtcNow();
        world.Clock.Advance(wait > TimeSpan.Zero ? wait.Value : TimeSpan.FromMinutes(5));
        var journal = (await world.RestartAsync()).ShouldNotBeNull();
        await world.CarryOnAsync(journal);
        await journal.ReleaseAsync(Token);
    }

    private static async Task<DateTimeOffset?> DeadAtAsync(RotationWorld world)
    {
        await using var transaction = await world.State.BeginReadAsync(Token);
        return (await KeyVersionTable.OfAsync(transaction, world.Key.Id, Token)).Single().ProvenDeadAt;
    }
}

using KeyRotator.Keys;
using KeyRotator.State;
using KeyRotator.Tests.Support;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Validation;

/// <summary>What has leaked stays compromised as long as it is the current version, and no longer.</summary>
public sealed class PassLeakTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Check_CompromisedVersion_StaysSoUntilAnotherTakesItsPlace()
    {
        await using var world = (await PassWorld.StartAsync()).With("k");
        await world.CheckAsync();
        var before = await world.StatusAsync("k");
        await using (var transaction = await world.State.BeginWriteAsync(Token))
        {
            var move = new KeyTransition(null, KeyState.Compromised, world.Clock.GetUtcNow(), "ops@test", "leaked");
            await KeyStates.CompromiseAsync(transaction, before.KeyId, before.Fingerprint!.Value, move, Token);
            await transaction.CommitAsync(Token);
        }

        await world.CheckAsync();
        (await world.StatusAsync("k")).State.ShouldBe(KeyState.Compromised);
        world.Local.Put("k", PassWorld.ValueOf("k", 2));
        world.Vendor.Accept(PassWorld.ValueOf("k", 2));
        await world.CheckAsync();

        (await world.StatusAsync("k")).State.ShouldBe(KeyState.Active);
        await using var read = await world.State.BeginReadAsync(Token);
        (await KeyVersionTable.OfAsync(read, before.KeyId, Token)).Select(version => version.State)
            .ShouldBe([KeyState.Active, KeyState.Compromised], "a version that leaked is not deactivated by being superseded");
    }
}

using KeyRotator.Stores;
using KeyRotator.Tests.Support;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Contracts;

/// <summary>The part on <c>stores test --write</c>.</summary>
public abstract partial class WritableSecretStoreContract
{
    [Fact]
    public async Task WriteTest_WorkingStore_PassesAndLeavesEverythingAsItWas()
    {
        var store = await WritableAsync("alpha", "theirs");
        var version = await VersionAsync(store, "alpha");

        var steps = await Trial(store, new ManualClock(), out var secret).RunAsync(Token);

        steps.ShouldAllBe(step => step.Passed);
        string[] between = store is IStagingSecretStore
            ? ["stage a second version", "promote it"]
            : ["write a second version where the first is current"];
        steps.Select(step => step.Name).ShouldBe(
        [
            "look for leftovers", $"write {secret.Location.Name}", "read it back", .. between, "refuse a write that expects the first",
            $"remove {secret.Location.Name}",
        ]);
        (await ((ISecretListing)store).ListAsync("", Token).Select(listed => listed.Name).ToListAsync(Token)).ShouldBe(["alpha"]);
        (await ValueAsync(store, "alpha"), await VersionAsync(store, "alpha")).ShouldBe(("theirs", version));
    }

    [Fact]
    public async Task WriteTest_AfterOneThatWasKilled_RemovesWhatIsLeftAndNothingElse()
    {
        var clock = new ManualClock();
        var store = await WritableAsync(TrialSecret.NameStart + "20261121100000-0a1b2c3d", "theirs");
        _ = Trial(store, clock, out var left);
        await store.WriteAsync(new(left.Location, left.Value(1), null, Guid.NewGuid()), Token);

        var early = await Trial(store, clock, out _).RunAsync(Token);
        clock.Advance(TrialLeftovers.LeastAge);
        var late = await Trial(store, clock, out _).RunAsync(Token);

        early[0].Message.ShouldContain($"{left.Location.Name} is left, another test may be at work with it");
        late[0].Message.ShouldContain($"{left.Location.Name} removed");
        late[0].Message.ShouldContain("20261121100000-0a1b2c3d is left, it holds something that no test wrote");
        early.Concat(late).ShouldAllBe(step => step.Passed);
        (await ((ISecretListing)store).ListAsync("", Token).SingleAsync(Token)).Name.ShouldEndWith("0a1b2c3d");
        (await ValueAsync(store, TrialSecret.NameStart + "20261121100000-0a1b2c3d")).ShouldBe("theirs");
    }

    private protected static StoreWriteTest Trial(
        ISecretStore store, TimeProvider time, out TrialSecret secret, Action<string>? tell = null)
    {
        secret = TrialSecret.Create(store.Name, "", time.GetUtcNow(), new Random());
        return new((ISecretRemoval)store, secret, new(time), time, tell ?? (_ => { }));
    }
}

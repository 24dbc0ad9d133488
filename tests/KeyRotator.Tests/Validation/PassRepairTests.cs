using KeyRotator.Keys;
using KeyRotator.State;
using KeyRotator.Tests.Support;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Validation;

/// <summary>A place is looked at whenever somebody asks, and a value is probed at once unless the vendor answered for that very value a
/// moment ago.</summary>
public sealed class PassRepairTests
{
    private static readonly string s_value = PassWorld.ValueOf("k");

    [Theory]
    [InlineData(null, "nothing was there")]
    [InlineData("********", "it was malformed")]
    [InlineData("key-of-yesterday-5f0c3a9b7d1e", "it was another")]
    public async Task Check_RepairedAMomentLater_IsProven(string? broken, string why)
    {
        await using var world = (await PassWorld.StartAsync()).With("k");
        Put(world, broken);
        await world.CheckAsync();
        (await world.StatusAsync("k")).Verdict.ShouldNotBe(Verdict.Accepted);
        Put(world, s_value);

        var result = await world.CheckAtOnceAsync();

        (await world.StatusAsync("k")).Verdict.ShouldBe(Verdict.Accepted, why);
        result.Skipped.ShouldBe(0, why);
    }

    [Fact]
    public async Task Check_StoreIsBackAMomentLater_IsProven()
    {
        await using var world = (await PassWorld.StartAsync()).With("k");
        world.Local.IsDown = true;
        await world.CheckAsync();
        world.Local.IsDown = false;

        await world.CheckAtOnceAsync();

        (await world.StatusAsync("k")).Verdict.ShouldBe(Verdict.Accepted);
        (await world.OpenAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Check_BrokenAMomentAfterAProof_IsSeen()
    {
        await using var world = (await PassWorld.StartAsync()).With("k");
        await world.CheckAsync();
        world.Local.Remove("k");
        await world.CheckAtOnceAsync();
        (await world.OpenAsync()).ShouldBe(["SecretMissing k"]);
        world.Local.Put("k", s_value);

        var result = await world.CheckAtOnceAsync();

        (await world.OpenAsync()).ShouldBeEmpty();
        (world.Vendor.CountOf(s_value), result.Skipped).ShouldBe((1, 1));
    }

    [Fact]
    public async Task Check_SameValueAMomentLater_IsReadButNotAskedAboutAgain()
    {
        await using var world = (await PassWorld.StartAsync()).With("k").With("asleep", key => key with { Suspended = true });
        await world.CheckAsync();
        var before = await world.StatusAsync("k");
        world.Clock.Advance(TimeSpan.FromSeconds(29));

        var result = await world.CheckAtOnceAsync();

        (world.Vendor.CountOf(s_value), result.Skipped, result.PutOff).ShouldBe((1, 1, 0));
        (await world.StatusAsync("k")).ShouldSatisfyAllConditions(
            after => after.CheckedAt.ShouldBe(before.CheckedAt),
            after => after.NextCheckAt.ShouldBe(before.NextCheckAt),
            after => after.InconclusiveSince.ShouldBeNull());
    }

    [Fact]
    public async Task Serve_SuspendedKey_IsDueNoMoreUntilItIsResumed()
    {
        await using var world = (await PassWorld.StartAsync()).With("k");
        await world.ServeAsync();
        world.Edit("k", key => key with { Suspended = true });
        await world.ServeAsync();
        (await DueAsync(world, TimeSpan.FromDays(9))).ShouldBeEmpty();
        world.Edit("k", key => key with { Suspended = false });
        world.Clock.Advance(PassWorld.Minute);

        await world.ServeAsync();

        world.Vendor.CountOf(s_value).ShouldBe(2);
        (await DueAsync(world, TimeSpan.FromDays(9))).Count.ShouldBe(1);
    }

    [Fact]
    public async Task Sweep_ClockWasSetBackByAYear_BringsEveryKeyBackWithinAnHour()
    {
        await using var world = (await PassWorld.StartAsync()).With("k");
        await world.ServeAsync();
        world.Clock.JumpTo(world.Clock.GetUtcNow().AddYears(-1));

        await world.SweepAsync();

        (await DueAsync(world, TimeSpan.FromHours(1))).Count.ShouldBe(1);
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public async Task Check_OtherHolderIsGone_SharesNoMore(bool isMissing, bool isSuspended)
    {
        await using var world = (await PassWorld.StartAsync()).With("a").With("b");
        world.Local.Put("b", PassWorld.ValueOf("a"));
        await world.CheckAsync();
        (await world.OpenAsync()).ShouldBe(["KeyShared a", "KeyShared b"]);
        world.Edit("b", key => key with { Suspended = isSuspended });
        Action gone = isMissing ? () => world.Local.Remove("b") : () => { };
        gone();

        await world.CheckAsync();

        (await world.OpenAsync()).ShouldBe(isMissing ? ["SecretMissing b"] : []);
        await world.CheckAsync("a");
        (await world.OpenAsync()).ShouldBe(isMissing ? ["SecretMissing b"] : []);
    }

    [Fact]
    public async Task Check_ValueOfAnotherKeyTurnsUp_IsSharedByBothAtOnce()
    {
        await using var world = (await PassWorld.StartAsync()).With("a").With("b");
        await world.CheckAsync();
        world.Local.Put("b", PassWorld.ValueOf("a"));

        await world.CheckAsync("b");

        (await world.OpenAsync()).ShouldBe(["ForeignChange b", "KeyShared a", "KeyShared b"]);
    }

    private static void Put(PassWorld world, string? value)
    {
        world.Local.Remove("k");
        if (value is not null)
        {
            world.Local.Put("k", value);
        }
    }

    private static async Task<IReadOnlyList<KeyId>> DueAsync(PassWorld world, TimeSpan later)
    {
        var token = TestContext.Current.CancellationToken;
        await using var transaction = await world.State.BeginReadAsync(token);
        return await KeyStatusTable.DueAsync(transaction, world.Clock.GetUtcNow() + later, 0, KeyBucket.Count - 1, token);
    }
}

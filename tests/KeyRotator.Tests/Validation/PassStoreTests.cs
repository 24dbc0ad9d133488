using KeyRotator.Keys;
using KeyRotator.Tests.Support;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Validation;

/// <summary>Passes over stores that fail, wholly or in part.</summary>
public sealed class PassStoreTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Check_StoreDown_IsOneFindingAboutTheStore(bool inBatches)
    {
        await using var world = (await StartAsync(inBatches)).With(5);
        await world.CheckAsync();
        world.Local.IsDown = true;
        var result = await world.CheckAsync();
        result.StoreFailures.ShouldBe(5);
        world.Inbox.Take().ShouldBe(["Trigger StoreUnavailable local"]);
        world.Local.IsDown = false;

        await world.CheckAsync();

        world.Inbox.Take().ShouldBe(["Resolved StoreUnavailable local"]);
        (await world.OpenAsync()).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Check_OneLocationDenied_ChecksTheOthers(bool inBatches)
    {
        await using var world = (await StartAsync(inBatches)).With(5);
        world.Local.Denied.Add("k2");

        await world.CheckAsync();

        (await world.OpenAsync()).ShouldBe(["StoreUnavailable local"]);
        (await world.StatusAsync("k2")).Reason.ShouldBe(VerdictReason.StoreUnavailable);
        (await world.StatusAsync("k3")).Verdict.ShouldBe(Verdict.Accepted);
    }

    [Fact]
    public async Task Check_OtherKeysOfTheStoreOnly_LeavesItsFindingOpen()
    {
        await using var world = (await PassWorld.StartAsync()).With(3);
        world.Local.Denied.Add("k2");
        await world.CheckAsync();
        world.Inbox.Take().ShouldBe(["Trigger StoreUnavailable local"]);

        await world.CheckAsync("k1", "k3");

        world.Inbox.Take().ShouldBeEmpty();
        (await world.OpenAsync()).ShouldBe(["StoreUnavailable local"]);
    }

    [Fact]
    public async Task Check_DeniedKeyIsReadable_ResolvesAlsoInAPassOverItAlone()
    {
        await using var world = (await PassWorld.StartAsync()).With(3);
        world.Local.Denied.Add("k2");
        await world.CheckAsync();
        world.Local.Denied.Clear();

        await world.CheckAsync("k2");

        (await world.OpenAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Check_StoreFailsBeforeTheConfirmation_RejectsNothing()
    {
        await using var world = (await PassWorld.StartAsync()).With("k");
        world.Vendor.Revoke(PassWorld.ValueOf("k"));
        world.Vendor.Asked = () => world.Local.IsDown = true;

        await world.CheckAsync();

        (await world.OpenAsync()).ShouldBe(["StoreUnavailable local"]);
        (await world.StatusAsync("k")).Rejections.ShouldBe(0);
    }

    [Fact]
    public async Task Check_OtherSecondLocationOnly_LeavesTheStoresFindingOpen()
    {
        await using var world = (await PassWorld.StartAsync()).With("k1", Copied).With("k2", Copied);
        world.Copy.Put("k1", PassWorld.ValueOf("k1"));
        world.Copy.Denied.Add("k2");
        await world.CheckAsync();

        await world.CheckAsync("k1");
        (await world.OpenAsync()).ShouldBe(["StoreUnavailable copy"]);
        world.Copy.Denied.Clear();
        world.Copy.Put("k2", PassWorld.ValueOf("k2"));
        await world.CheckAsync("k2");

        (await world.OpenAsync()).ShouldBeEmpty();
        world.Inbox.Take().ShouldBe(["Trigger StoreUnavailable copy", "Resolved StoreUnavailable copy"]);
    }

    [Fact]
    public async Task Check_StoreDownForDays_IsStillOneFinding()
    {
        await using var world = (await PassWorld.StartAsync()).With(2);
        await world.CheckAsync();
        world.Local.IsDown = true;
        await world.CheckAsync();
        world.Clock.Advance(TimeSpan.FromHours(24));

        await world.CheckAsync();

        (await world.OpenAsync()).ShouldBe(["StoreUnavailable local"]);
    }

    [Fact]
    public async Task Check_NoStoreOutageHidesAnotherCause_KeyIsUnverified()
    {
        await using var world = (await PassWorld.StartAsync()).With(2);
        world.Local.Denied.Add("k2");
        world.Vendor.Script(PassWorld.ValueOf("k1"), FakeVendor.Broken);
        world.With("good");
        await world.CheckAsync();
        world.Clock.Advance(TimeSpan.FromHours(24));

        await world.CheckAsync();

        (await world.OpenAsync()).ShouldBe(["KeyUnverified k1", "StoreUnavailable local"]);
    }

    [Fact]
    public async Task Check_UnprobedKeyReadableAgain_IsNotBlamedOnTheStore()
    {
        await using var world = (await PassWorld.StartAsync(gate: instance => instance with { Probe = false })).With("k");
        world.Local.IsDown = true;
        await world.CheckAsync();
        world.Local.IsDown = false;

        await world.CheckAsync();

        (await world.StatusAsync("k")).Reason.ShouldBe(VerdictReason.NotProbed);
    }

    [Fact]
    public async Task Check_AllInBatches_ReadsEachValueOnce()
    {
        await using var world = (await StartAsync(inBatches: true)).With(7);

        await world.CheckAsync();

        world.Local.Reads.ShouldBe(7);
    }

    private static ManagedKey Copied(ManagedKey key) =>
        key with { Locations = [key.Primary, new SecretLocation { Store = "copy", Name = key.Id.Value }] };

    private static Task<PassWorld> StartAsync(bool inBatches) =>
        PassWorld.StartAsync(local: inBatches ? new BatchMemoryStore("local") : null);
}

using KeyRotator.Keys;
using KeyRotator.Rotation;
using KeyRotator.Secrets;
using KeyRotator.Stores;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Rotation;

/// <summary>What is left at the holding place: where a secret cannot be removed, and what is found there the next time.</summary>
public sealed class HeldLeftoverTests
{
    private const string Another = "key-nxt-77c1d2e3f4a5b6c7";
    private static readonly TimeSpan s_ahead = TimeSpan.FromDays(2);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Release_StoreThatRemovesNothing_WritesAWordOverItAndSaysWhatIsLeft()
    {
        await using var lab = new HoldingLab(new LabStore("hold"));
        var world = await lab.StartAsync();
        await lab.HoldAsync(s_ahead);

        await lab.ActAsync(RotationActs.Abandon);

        lab.Waiting.ShouldBe("nothing-waits-here");
        (await world.StoryAsync()).ShouldContain(what => what.Contains("An earlier version of that secret still holds it"));
        (await world.LastAsync()).EndedAt.ShouldNotBeNull();
    }

    [Fact]
    public async Task Release_StoreThatDestroysVersions_LeavesNone()
    {
        var store = new PurgingLabStore("hold");
        await using var lab = new HoldingLab(store);
        var world = await lab.StartAsync();
        await lab.HoldAsync(s_ahead);
        world.Clock.Advance(s_ahead);

        await lab.ResumeAsync();

        lab.Waiting.ShouldBe("nothing-waits-here");
        store.Purged.ShouldHaveSingleItem();
        (await world.StoryAsync()).ShouldContain(what => what.Contains("its version is destroyed"));
    }

    [Fact]
    public async Task Release_SecretHoldsMore_WritesAWordOverItAlone()
    {
        await using var lab = new HoldingLab();
        var world = await lab.StartAsync();
        await lab.HoldAsync(s_ahead);
        lab.Store.At = what =>
        {
            if (what == "before remove hold")
            {
                throw new SecretConflictException("hold", RotationWorld.At("hold", "next"), "It holds something else.");
            }
        };

        await lab.ActAsync(RotationActs.Abandon);

        lab.Waiting.ShouldBe("nothing-waits-here");
        (await world.LastAsync()).EndedAt.ShouldNotBeNull();
    }

    [Fact]
    public async Task Submit_WordOfOursThere_IsOverwritten()
    {
        await using var lab = new HoldingLab(new LabStore("hold"));
        await lab.StartAsync();
        await lab.HoldAsync(s_ahead);
        await lab.ActAsync(RotationActs.Abandon);

        await lab.HoldAsync(s_ahead);

        lab.Waiting.ShouldBe(RotationWorld.New);
    }

    // The store was restored from a backup, or the removal was given up.
    [Fact]
    public async Task Submit_ValueThatWaitedThereBefore_IsOverwritten()
    {
        await using var lab = new HoldingLab();
        var world = await lab.StartAsync();
        await lab.HoldAsync(s_ahead);
        await lab.ActAsync(RotationActs.Abandon);
        lab.Store.Put("next", RotationWorld.New);
        world.Vendor.Accept(Another);

        var journal = await world.SubmitAsync(
            Another, request => request with { Submitter = HoldingLab.Ana, At = world.Clock.GetUtcNow() + s_ahead });
        await world.CarryOnAsync(journal, Another);

        lab.Waiting.ShouldBe(Another);
    }

    // What waited there for another key may wait still.
    [Fact]
    public async Task Submit_ValueThatWaitsThereForAnotherKey_IsAStrangers()
    {
        await using var lab = new HoldingLab();
        var world = await lab.StartAsync();
        await lab.HoldAsync(s_ahead);
        world.Vendor.Accept(Another);
        var request = new RotationRequest
        {
            Key = world.Key with { Id = KeyId.Parse("other") },
            Actor = "ana@desk",
            At = world.Clock.GetUtcNow() + s_ahead,
        };

        var refusal = await Should.ThrowAsync<RotationRefusedException>(
            () => new RotationOffice(world.Desk).OpenAsync(request, new SecretValue(Another), Token));

        refusal.Message.ShouldContain("never waited there for other");
    }

    [Fact]
    public async Task Abandon_RemovalThatCannotBeDone_SaysWhatIsLeft()
    {
        await using var lab = new HoldingLab();
        var world = await lab.StartAsync();
        await lab.HoldAsync(s_ahead);
        lab.Store.Lose("remove hold");
        await lab.ActAsync(RotationActs.Abandon);
        (await world.LastAsync()).EndedAt.ShouldBeNull();

        await world.ActAsync(RotationActs.Abandon);

        var last = await world.LastAsync();
        last.EndedAt.ShouldNotBeNull();
        last.Outcome!.ShouldContain("The new value was left at hold:next: remove it there.");
    }

    /// <summary>A store that destroys single versions, and removes no secret.</summary>
    private sealed class PurgingLabStore(string name) : VersionedLabStore(name)
    {
        public List<string> Purged { get; } = [];

        public override Task PurgeAsync(SecretLocation location, SecretVersion version, CancellationToken cancellationToken)
        {
            Purged.Add(version.Id);
            return base.PurgeAsync(location, version, cancellationToken);
        }
    }
}

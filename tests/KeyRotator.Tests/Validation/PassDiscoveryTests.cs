using KeyRotator.Configuration;
using KeyRotator.Discovery;
using KeyRotator.Keys;
using KeyRotator.State;
using KeyRotator.Tests.Support;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Validation;

/// <summary>Passes over keys that a store's tags name.</summary>
public sealed class PassDiscoveryTests
{
    private static readonly TimeSpan s_quarter = TimeSpan.FromMinutes(15);

    private readonly TaggedMemoryStore _store = new("local");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Check_TaggedSecret_IsProvenAndAlertedOnLikeADeclaredOne()
    {
        await using var world = await StartAsync();
        Tag(world, "llm/a", ("environment", "prod"), ("owner", "team-search"), ("expires", "2026-11-25"));
        await world.CheckAsync();
        world.Vendor.Revoke(PassWorld.ValueOf("llm/a"));

        await world.CheckAsync();

        (await world.OpenAsync()).ShouldBe(["KeyExpiring local/llm/a", "KeyRejected local/llm/a"]);
        world.Inbox.Take().ShouldContain("Trigger KeyRejected local/llm/a");
        var key = world.Inventory.Find(KeyId.Parse("local/llm/a"))!;
        (key.Environment, key.Owner, key.IsDiscovered).ShouldBe(("prod", "team-search", true));
    }

    [Fact]
    public async Task Check_NoTag_IsNotTracked()
    {
        await using var world = await StartAsync();
        Tag(world, "a");
        _store["b"]["other"] = "x";

        await world.CheckAsync();

        world.Inventory.Keys.Select(key => key.Id.Value).ShouldBe(["local/a"]);
    }

    [Fact]
    public async Task Check_WithinTheSpan_ListsOnce()
    {
        await using var world = await StartAsync();
        await world.CheckAsync();
        await world.CheckAsync();
        _store.Listings.ShouldBe(1);
        world.Clock.Advance(s_quarter);

        await world.CheckAsync();

        _store.Listings.ShouldBe(2);
    }

    [Fact]
    public async Task Check_OtherTagInTheFile_ListsAtOnce()
    {
        await using var world = await StartAsync();
        await world.CheckAsync();
        world.Discover = new DiscoverSettings { Tag = "llm-key" };

        await world.CheckAsync();

        _store.Listings.ShouldBe(2);
    }

    [Theory]
    [InlineData(true, "the secret is gone")]
    [InlineData(false, "its tag was taken off")]
    public async Task Check_KeyDisappears_IsAFindingUntilItComesBack(bool isDropped, string why)
    {
        await using var world = await StartAsync();
        Tag(world, "a");
        await world.CheckAsync();
        var asked = world.Vendor.CountOf(PassWorld.ValueOf("a"));
        TakeAway("a", isDropped);

        await NextListingAsync(world);
        await world.CheckAsync();

        world.Inbox.Take().ShouldBe(["Trigger SecretMissing local/a"], why);
        (await MessageAsync(world)).ShouldContain("Disappeared from discovery", customMessage: why);
        (await MessageAsync(world)).ShouldContain("keys forget local/a");
        world.Vendor.CountOf(PassWorld.ValueOf("a")).ShouldBe(asked, "a key that is gone is not asked about");
        Tag(world, "a");
        await NextListingAsync(world);
        world.Inbox.Take().ShouldBe(["Resolved SecretMissing local/a"], why);
        (await world.OpenAsync()).ShouldBeEmpty(why);
    }

    [Fact]
    public async Task Discover_KeyDisappears_TheServiceTellsBySweep()
    {
        await using var world = await StartAsync();
        Tag(world, "a");
        await world.CheckAsync();
        _store.Drop("a");
        world.Clock.Advance(s_quarter);

        (await world.DiscoverAsync()).ShouldBe(1);
        await world.SweepAsync();

        world.Inbox.Take().ShouldBe(["Trigger SecretMissing local/a"]);
    }

    [Fact]
    public async Task Check_ListingBreaksOff_KeepsAllAndTellsOfTheStore()
    {
        await using var world = await StartAsync();
        Tag(world, "a");
        Tag(world, "b");
        await world.CheckAsync();
        _store.BreaksAfter = 1;
        Tag(world, "aa");

        await NextListingAsync(world);

        (await world.OpenAsync()).ShouldBe(["StoreUnavailable local"]);
        (await MessageAsync(world)).ShouldContain("could not be listed to the end: the list broke off.");
        world.Inventory.Keys.ShouldAllBe(key => key.GoneSince == null);
        world.Inventory.Keys.Count.ShouldBe(2);
        _store.BreaksAfter = null;
        await NextListingAsync(world);
        (await world.OpenAsync()).ShouldBeEmpty();
        world.Inventory.Keys.Count.ShouldBe(3);
    }

    [Fact]
    public async Task Check_ListingBreaksOff_WhatCameBeforeIsTracked()
    {
        await using var world = await StartAsync();
        Tag(world, "a");
        Tag(world, "b");
        _store.BreaksAfter = 1;

        await world.CheckAsync();

        (await world.StatusAsync("local/a")).Verdict.ShouldBe(Verdict.Accepted);
        (await world.OpenAsync()).ShouldBe(["StoreUnavailable local"]);
    }

    [Fact]
    public async Task Check_ListingBrokeOff_IsRepeatedSoon()
    {
        await using var world = await StartAsync();
        _store.BreaksAfter = 0;
        Tag(world, "a");
        await world.CheckAsync();
        _store.BreaksAfter = null;

        await world.CheckAsync();
        await world.CheckAsync();

        (await world.OpenAsync()).ShouldBeEmpty();
        _store.Listings.ShouldBe(2);
    }

    [Theory]
    [InlineData(false, "it is there when it is asked for")]
    [InlineData(true, "whether it is there nobody can tell")]
    public async Task Check_ListingLeavesASecretOut_IsNoDisappearance(bool isMute, string why)
    {
        await using var world = await StartAsync();
        Tag(world, "a");
        Tag(world, "b");
        await world.CheckAsync();
        _store.Lagging.Add("a");
        _store.IsMute = isMute;

        await NextListingAsync(world);

        (await world.OpenAsync()).ShouldBeEmpty(why);
        world.Inventory.Keys.ShouldAllBe(key => key.GoneSince == null, why);
    }

    [Fact]
    public async Task Check_StoreIsDownForReads_TwoFindingsStandApart()
    {
        await using var world = await StartAsync();
        Tag(world, "a");
        await world.CheckAsync();
        (_store.IsDown, _store.BreaksAfter) = (true, 0);
        await NextListingAsync(world);
        (await world.OpenAsync()).ShouldBe(["StoreUnavailable local", "StoreUnavailable local"]);
        _store.IsDown = false;

        await world.CheckAsync();

        (await world.OpenAsync()).ShouldBe(["StoreUnavailable local"]);
        (await MessageAsync(world)).ShouldContain("could not be listed");
    }

    [Theory]
    [InlineData("a", null, "the secret as a whole")]
    [InlineData("a", "KEY", "a field of it")]
    public async Task Check_DeclaredToo_IsTheFilesAlone(string name, string? field, string why)
    {
        await using var world = await StartAsync();
        Tag(world, "a");
        await world.CheckAsync();
        var location = new SecretLocation { Store = "local", Name = name, Field = field };
        world.With("mine", key => key with { Locations = [key.Primary, location] });

        await NextListingAsync(world);

        world.Inventory.Keys.Select(key => key.Id.Value).ShouldBe(["mine"], why);
        (await world.OpenAsync()).ShouldNotContain(finding => finding.EndsWith("local/a", StringComparison.Ordinal), why);
        (await RowsAsync(world)).ShouldBeEmpty(why);
    }

    [Fact]
    public async Task Check_DeclaredAgainAndUndeclared_IsFoundAnew()
    {
        await using var world = await StartAsync();
        Tag(world, "a");
        world.With("mine", key => key with { Locations = [new SecretLocation { Store = "local", Name = "a" }] });
        await world.CheckAsync();
        world.Undeclare("mine");

        await NextListingAsync(world);

        world.Inventory.Keys.Select(key => key.Id.Value).ShouldBe(["local/a"]);
    }

    [Fact]
    public async Task Check_BadTags_AreOneFindingWithACount()
    {
        await using var world = await StartAsync();
        for (var number = 10; number < 40; number++)
        {
            Tag(world, $"s{number}", ("provider", ""));
        }

        Tag(world, "good");
        Tag(world, "odd", ("expires", "soon"), ("environment", "a\u001b[31mb"));

        await world.CheckAsync();

        (await world.OpenAsync()).ShouldBe(["TagsUnusable local"]);
        var message = await MessageAsync(world);
        message.ShouldContain("31 secrets have the tag `keyrotator` in store local, but not all that is needed: such as odd (");
        message.ShouldContain("s10 (keyrotator-provider is missing)");
        message.ShouldNotContain("s14");
        message.ShouldNotContain("\u001b");
        world.Inventory.Keys.Select(key => key.Id.Value).ShouldBe(["local/good", "local/odd"]);
    }

    [Fact]
    public async Task Check_TagsCorrected_ResolvesTheFinding()
    {
        await using var world = await StartAsync();
        Tag(world, "a", ("provider", "mistrl"));
        await world.CheckAsync();
        (await world.OpenAsync()).ShouldBe(["TagsUnusable local"]);
        Tag(world, "a");

        await NextListingAsync(world);

        (await world.OpenAsync()).ShouldBeEmpty();
        world.Inventory.Keys.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Check_ProviderTagSpoilt_KeepsWhatWasKnown()
    {
        await using var world = await StartAsync();
        Tag(world, "a");
        await world.CheckAsync();
        Tag(world, "a", ("provider", "gaet"), ("field", "x\ny"));

        await NextListingAsync(world);

        (await world.OpenAsync()).ShouldBe(["TagsUnusable local"]);
        world.Inventory.Keys.Single().Provider.ShouldBe("gate");
    }

    [Fact]
    public async Task Check_ListingBreaksOff_LeavesTheFindingAboutTags()
    {
        await using var world = await StartAsync();
        Tag(world, "b", ("provider", ""));
        await world.CheckAsync();
        _store.BreaksAfter = 0;

        await NextListingAsync(world);

        (await world.OpenAsync()).ShouldBe(["StoreUnavailable local", "TagsUnusable local"]);
    }

    [Fact]
    public async Task Check_ProviderToldByFormat_IsReadOnceAndKept()
    {
        await using var world = await StartAsync();
        Tag(world, "a", ("provider", ""));
        _store.Put("a", "sk-proj-" + new string('A', 74) + "T3BlbkFJ" + new string('B', 74));
        await world.DiscoverAsync();
        world.Inventory.Keys.Single().Provider.ShouldBe("openai");
        var reads = _store.Reads;
        world.Clock.Advance(s_quarter);

        await world.DiscoverAsync();

        _store.Reads.ShouldBe(reads);
        (await RowsAsync(world)).Single().IsTagged.ShouldBeFalse();
    }

    [Fact]
    public async Task Check_FormatOfAProviderWithTwoInstances_TellsNothing()
    {
        await using var world = await StartAsync();
        world.Gate = world.Gate with { Kind = "openai" };
        Tag(world, "a", ("provider", ""));
        _store.Put("a", "sk-proj-" + new string('A', 74) + "T3BlbkFJ" + new string('B', 74));

        await world.DiscoverAsync();

        world.Inventory.Keys.ShouldBeEmpty();
        (await MessageAsync(world)).ShouldContain("1 secret has the tag `keyrotator` in store local, but not all that is needed: "
            + "a (keyrotator-provider is missing).");
    }

    [Fact]
    public async Task Check_FormatCannotBeRead_CountsAsMissingAndShowsNoValue()
    {
        var canary = new Canary();
        await using var world = await StartAsync();
        Tag(world, "a", ("provider", ""));
        Tag(world, "b", ("provider", ""));
        _store.Put("a", canary.Text);
        _store.Denied.Add("b");

        await world.CheckAsync();

        (await MessageAsync(world)).ShouldStartWith("2 secrets have the tag");
        canary.ShouldBeAbsentFrom(await MessageAsync(world));
    }

    [Fact]
    public async Task Check_TwoPlacesOfOneId_AreTwoKeys()
    {
        await using var world = await StartAsync();
        Tag(world, "a", ("field", "b"));
        Tag(world, "a/b");

        await world.DiscoverAsync();

        var ids = world.Inventory.Keys.Select(key => key.Id.Value).ToList();
        ids.ShouldBe(["local/a/b", DiscoveredKeyId.Distinct(new() { Store = "local", Name = "a/b" }).Value]);
        world.Clock.Advance(s_quarter);
        await world.DiscoverAsync();
        world.Inventory.Keys.Select(key => key.Id.Value).ShouldBe(ids, "an id once given stays");
    }

    [Fact]
    public async Task Check_OtherField_IsAnotherKeyAndTheFirstIsGone()
    {
        await using var world = await StartAsync();
        Tag(world, "a", ("field", "one"));
        await world.CheckAsync();
        Tag(world, "a", ("field", "two"));

        await NextListingAsync(world);

        (await world.OpenAsync()).ShouldBe(["SecretMissing local/a/one"]);
        world.Inventory.Keys.Count(key => key.GoneSince is null).ShouldBe(1);
    }

    [Fact]
    public async Task Check_FindingAboutTags_DoesNotExcuseAnUnreadKey()
    {
        await using var world = await StartAsync();
        Tag(world, "a");
        Tag(world, "b", ("provider", ""));
        await world.CheckAsync();
        _store.Denied.Add("a");
        await world.CheckAsync();
        await ResolveReadsAsync(world);
        world.Clock.Advance(TimeSpan.FromHours(25));

        await world.SweepAsync();

        (await world.OpenAsync()).ShouldBe(["KeyUnverified local/a", "TagsUnusable local"]);
    }

    [Fact]
    public async Task Check_GoneKeyThatWasUnproven_HasOneFinding()
    {
        await using var world = await StartAsync();
        Tag(world, "a");
        world.Vendor.Everybody = FakeVendor.Broken;
        await world.CheckAsync();
        _store.Drop("a");
        await NextListingAsync(world);
        world.Clock.Advance(TimeSpan.FromHours(25));

        await world.SweepAsync();
        await world.SweepAsync();

        (await world.OpenAsync()).ShouldBe(["SecretMissing local/a"]);
    }

    [Fact]
    public async Task Check_GoneKey_LetsTheStoresFindingGo()
    {
        await using var world = await StartAsync();
        Tag(world, "a");
        Tag(world, "b");
        await world.CheckAsync();
        _store.Denied.Add("a");
        await world.CheckAsync();
        (await world.OpenAsync()).ShouldBe(["StoreUnavailable local"]);
        _store.Drop("a");

        await NextListingAsync(world);

        (await world.OpenAsync()).ShouldBe(["SecretMissing local/a"]);
    }

    [Fact]
    public async Task Check_ManyTaggedSecrets_AreAllFoundInOneListing()
    {
        await using var world = await StartAsync();
        Enumerable.Range(1000, 700).ToList().ForEach(number => Tag(world, $"s{number}"));

        await world.DiscoverAsync();

        world.Inventory.Keys.Count.ShouldBe(700);
        (_store.Listings, _store.Reads).ShouldBe((1, 0));
    }

    [Fact]
    public async Task Check_DiscoverLeftTheFile_LetsItsFindingsGo()
    {
        await using var world = await StartAsync();
        Tag(world, "a");
        Tag(world, "b", ("provider", ""));
        await world.CheckAsync();
        _store.Remove("a");
        await world.CheckAsync();
        (await world.OpenAsync()).ShouldBe(["SecretMissing local/a", "TagsUnusable local"]);
        world.Discover = null;

        await world.CheckAsync();

        (await world.OpenAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Forget_KeyThatIsGone_ResolvesItsFindingsAndRemovesAll()
    {
        await using var world = await StartAsync();
        Tag(world, "a");
        Tag(world, "b");
        await world.CheckAsync();
        _store.Drop("a");
        await NextListingAsync(world);
        world.Inbox.Take().ShouldBe(["Trigger SecretMissing local/a"]);

        (await ForgetAsync(world, "local/a")).ShouldBeEmpty();
        await world.CheckAsync();

        world.Inbox.Take().ShouldBe(["Resolved SecretMissing local/a"]);
        (await world.StatusesAsync("local/a", "local/b")).Count().ShouldBe(1);
        world.Inventory.Keys.Select(key => key.Id.Value).ShouldBe(["local/b"]);
        await NextListingAsync(world);
        (await world.OpenAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Forget_OneOfThemIsThere_ForgetsNone()
    {
        await using var world = await StartAsync();
        Tag(world, "a");
        Tag(world, "b");
        await world.CheckAsync();
        _store.Drop("a");
        await NextListingAsync(world);

        (await ForgetAsync(world, "local/a", "local/b")).Single().Id.Value.ShouldBe("local/b");

        (await world.OpenAsync()).ShouldBe(["SecretMissing local/a"]);
        (await RowsAsync(world)).Count.ShouldBe(2);
    }

    [Fact]
    public async Task Check_GoneKeys_HideNoOutage()
    {
        await using var world = await StartAsync();
        Tag(world, "a");
        Tag(world, "b");
        await world.CheckAsync();
        _store.Drop("a");
        await NextListingAsync(world);
        world.Vendor.Everybody = FakeVendor.Broken;

        await world.CheckAsync();
        await world.CheckAsync();

        (await world.OpenAsync()).ShouldBe(["ProviderOutage gate", "SecretMissing local/a"]);
    }

    [Fact]
    public async Task Check_SecretRenamed_IsNotSharedWithItsOwnGhost()
    {
        await using var world = await StartAsync();
        Tag(world, "a");
        await world.CheckAsync();
        _store.Drop("a");
        Tag(world, "b");
        _store.Put("b", PassWorld.ValueOf("a"));

        await NextListingAsync(world);
        await world.CheckAsync();

        (await world.StatusAsync("local/b")).Fingerprint.ShouldBe((await world.StatusAsync("local/a")).Fingerprint);
        (await world.OpenAsync()).ShouldBe(["SecretMissing local/a"]);
    }

    [Fact]
    public async Task Discover_AnotherListingTookOver_WritesNothingLate()
    {
        await using var world = await StartAsync();
        Tag(world, "a");
        _store.Listed = async _ =>
        {
            _store.Listed = null;
            await using var transaction = await world.State.BeginWriteAsync(Token);
            var later = world.Clock.GetUtcNow() + TimeSpan.FromHours(1);
            await DiscoveryTable.ClaimAsync(transaction, "local", "another", later, TimeSpan.Zero, TimeSpan.Zero, Token);
            await transaction.CommitAsync(Token);
        };

        await world.DiscoverAsync();

        (await RowsAsync(world)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Discover_KilledHalfway_LosesNothingAndGoesOn()
    {
        await using var world = await StartAsync();
        Enumerable.Range(100, 200).ToList().ForEach(number => Tag(world, $"s{number}"));
        await world.DiscoverAsync();
        world.Clock.Advance(s_quarter);
        using var kill = CancellationTokenSource.CreateLinkedTokenSource(Token);
        _store.Listed = async secret =>
        {
            if (secret == "s250")
            {
                await kill.CancelAsync();
            }

            kill.Token.ThrowIfCancellationRequested();
        };
        await Should.ThrowAsync<OperationCanceledException>(() => world.DiscoverAsync());
        _store.Listed = null;
        _store.Drop("s299");
        world.Clock.Advance(s_quarter);

        (await world.DiscoverAsync()).ShouldBe(1);

        (await RowsAsync(world)).Count.ShouldBe(200);
        (await RowsAsync(world)).Single(row => row.GoneSince is not null).Location.Name.ShouldBe("s299");
    }

    private async Task<PassWorld> StartAsync()
    {
        var world = await PassWorld.StartAsync(local: _store);
        world.Discover = new DiscoverSettings { Tag = "keyrotator" };
        return world;
    }

    /// <summary>Puts a secret that the vendor accepts, tagged as a key.</summary>
    private void Tag(PassWorld world, string name, params (string Name, string Value)[] tags)
    {
        _store.Put(name, PassWorld.ValueOf(name));
        world.Vendor.Accept(PassWorld.ValueOf(name));
        _store[name].Clear();
        _store[name]["keyrotator"] = "";
        _store[name]["keyrotator-provider"] = "gate";
        foreach (var (tag, value) in tags)
        {
            _store[name][$"keyrotator-{tag}"] = value;
        }
    }

    private void TakeAway(string name, bool isDropped)
    {
        if (isDropped)
        {
            _store.Drop(name);
            return;
        }

        _store[name].Remove("keyrotator");
    }

    // As if another key of the store had been read since by another process.
    private static async Task ResolveReadsAsync(PassWorld world)
    {
        await using var transaction = await world.State.BeginWriteAsync(Token);
        var reads = (await FindingTable.OpenAsync(transaction, Token)).Single(finding => finding.Key.Mark.Length == 0);
        await FindingTable.UpdateAsync(transaction, reads with { ResolvedAt = world.Clock.GetUtcNow() }, Token);
        await transaction.CommitAsync(Token);
    }

    private static async Task NextListingAsync(PassWorld world)
    {
        world.Clock.Advance(s_quarter);
        await world.CheckAsync();
    }

    private static Task<IReadOnlyList<ManagedKey>> ForgetAsync(PassWorld world, params string[] ids) =>
        new KeyForgetting(world.Configured, world.State, world.Inventory, world.Clock)
            .ForgetAsync([.. ids.Select(id => world.Inventory.Find(KeyId.Parse(id))!)], Token);

    private static async Task<string> MessageAsync(PassWorld world)
    {
        await using var transaction = await world.State.BeginReadAsync(Token);
        return (await FindingTable.OpenAsync(transaction, Token)).Single().Message;
    }

    private static async Task<IReadOnlyList<DiscoveredKey>> RowsAsync(PassWorld world)
    {
        await using var transaction = await world.State.BeginReadAsync(Token);
        return await DiscoveredKeyTable.OfStoresAsync(transaction, ["local"], Token);
    }
}

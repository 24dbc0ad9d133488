using System.Runtime.CompilerServices;
using KeyRotator.Configuration;
using KeyRotator.Stores;
using KeyRotator.Tests.Support;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Validation;

/// <summary>Discovery in a store that lists tags and can neither filter by them nor describe one secret.</summary>
public sealed class PlainListingTests
{
    private readonly PlainStore _store = new("local");

    [Fact]
    public async Task Discover_PlainListing_IsFilteredHere()
    {
        await using var world = await StartAsync();
        _store.Tags["llm/a"] = new() { ["keyrotator"] = "yes", ["keyrotator-provider"] = "gate" };
        _store.Tags["llm/b"] = new() { ["keyrotator"] = "no", ["keyrotator-provider"] = "gate" };
        _store.Tags["other"] = new() { ["keyrotator"] = "yes", ["keyrotator-provider"] = "gate" };
        _store.Tags["llm/c"] = new() { ["keyrotator-provider"] = "gate" };

        await world.DiscoverAsync();

        world.Inventory.Keys.Select(key => key.Id.Value).ShouldBe(["local/llm/a"]);
    }

    [Fact]
    public async Task Discover_CutShort_ClaimsNoDisappearanceUntilAWholeListing()
    {
        await using var world = await StartAsync();
        _store.Tags["llm/a"] = new() { ["keyrotator"] = "yes", ["keyrotator-provider"] = "gate" };
        await world.DiscoverAsync();
        _store.Tags.Clear();
        _store.IsCut = true;
        world.Clock.Advance(TimeSpan.FromMinutes(15));

        (await world.DiscoverAsync()).ShouldBe(0);
        world.Inventory.Keys.Single().GoneSince.ShouldBeNull();
        _store.IsCut = false;
        world.Clock.Advance(TimeSpan.FromMinutes(15));

        (await world.DiscoverAsync()).ShouldBe(1);
        world.Inventory.Keys.Single().GoneSince.ShouldBe(world.Clock.GetUtcNow());
    }

    private async Task<PassWorld> StartAsync()
    {
        var world = await PassWorld.StartAsync(local: _store);
        world.Discover = new DiscoverSettings { Tag = "keyrotator", Value = "yes", Prefix = "llm/" };
        return world;
    }

    private sealed class PlainStore(string name) : MemoryStore(name), ISecretListing
    {
        public SortedDictionary<string, Dictionary<string, string>> Tags { get; } = new(StringComparer.Ordinal);

        public bool IsCut { get; set; }

        public async IAsyncEnumerable<ListedSecret> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            await Task.CompletedTask.WaitAsync(cancellationToken);
            foreach (var (secret, tags) in Tags.Where(entry => entry.Key.StartsWith(prefix, StringComparison.Ordinal)))
            {
                yield return new ListedSecret(secret, null) { Tags = tags };
            }

            if (IsCut)
            {
                throw new SecretStoreException(Name, "list", null, isTransient: true, "a page was lost.");
            }
        }
    }
}

using KeyRotator.Keys;
using KeyRotator.Stores;
using KeyRotator.Tests.Support;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Contracts;

/// <summary>What every store keeps that finds secrets by tag.</summary>
public abstract class TaggedListingContract : IAsyncDisposable
{
    protected const string Tag = "keyrotator";

    private FakeStoreServer? _fake;

    protected static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>A fake that holds secrets with these tags. What a tag of the store's own kind cannot hold is put beside it.</summary>
    protected abstract FakeStoreServer CreateFake(IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> secrets);

    protected abstract ITaggedListing Connect(FakeStoreServer fake);

    /// <summary>Forbids to list or to look at tags from now on.</summary>
    protected abstract void Deny(FakeStoreServer fake);

    public virtual async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (_fake is not null)
        {
            await _fake.DisposeAsync();
        }
    }

    [Fact]
    public async Task ListTagged_SomeSecrets_GivesThoseThatAreMeantWithAllTheirTags()
    {
        var store = await HoldingAsync(("alpha", Tagged("yes", ("owner", "team-a"))), ("beta", Tagged("no")), ("alpine", [("other", "yes")]), ("gamma", []));

        (await NamesAsync(store, new(Tag, null, ""))).ShouldBe(["alpha", "beta"]);
        (await NamesAsync(store, new(Tag, "yes", ""))).ShouldBe(["alpha"]);
        (await NamesAsync(store, new(Tag, "ye", ""))).ShouldBeEmpty("a beginning is not the value");
        (await NamesAsync(store, new(Tag, null, "al"))).ShouldBe(["alpha"]);
        (await NamesAsync(store, new("keyrot", null, ""))).ShouldBeEmpty("a beginning is not the name");
        var alpha = await store.ListTaggedAsync(new(Tag, null, "al"), Token).SingleAsync(Token);
        alpha.Tags["keyrotator-owner"].ShouldBe("team-a");
        var described = await ((ISecretDescriber)store).DescribeAsync(new SecretLocation { Store = store.Name, Name = "alpha" }, Token);
        described!.Tags["keyrotator-owner"].ShouldBe("team-a", "what confirms a listing sees the same");
    }

    [Fact]
    public async Task ListTagged_ManyPages_GivesAllOfThem()
    {
        var store = await HoldingAsync([.. Enumerable.Range(100, 250).Select(number => ($"s{number}", Tagged("yes")))]);

        (await NamesAsync(store, new(Tag, null, ""))).Distinct().Count().ShouldBe(250);
    }

    [Fact]
    public async Task ListTagged_DeniedHalfway_ThrowsInsteadOfEnding()
    {
        var store = await HoldingAsync([.. Enumerable.Range(100, 250).Select(number => ($"s{number}", Tagged("yes")))]);
        var listed = 0;

        var failure = await Should.ThrowAsync<SecretStoreException>(async () =>
        {
            await foreach (var secret in store.ListTaggedAsync(new(Tag, null, ""), Token))
            {
                if (++listed == 50)
                {
                    Deny(_fake!);
                }
            }
        });

        failure.Operation.ShouldBe("list");
        listed.ShouldBeInRange(50, 249);
    }

    [Fact]
    public async Task ListTagged_Denied_Throws()
    {
        var store = await HoldingAsync(("alpha", Tagged("yes")));
        Deny(_fake!);

        await Should.ThrowAsync<SecretStoreException>(() => NamesAsync(store, new(Tag, null, "")));
    }

    protected async Task<ITaggedListing> HoldingAsync(params (string Name, (string Name, string Value)[] Tags)[] secrets)
    {
        _fake = CreateFake(secrets.ToDictionary(
            secret => secret.Name,
            secret => (IReadOnlyDictionary<string, string>)secret.Tags.ToDictionary(tag => tag.Name, tag => tag.Value)));
        await _fake.StartAsync(Token);
        return Connect(_fake);
    }

    protected FakeStoreServer Fake => _fake!;

    protected static (string Name, string Value)[] Tagged(string value, params (string Name, string Value)[] further) =>
        [(Tag, value), .. further.Select(tag => ($"{Tag}-{tag.Name}", tag.Value))];

    protected static async Task<List<string>> NamesAsync(ITaggedListing store, TagQuery query) =>
        await store.ListTaggedAsync(query, Token).Select(secret => secret.Name).ToListAsync(Token);
}

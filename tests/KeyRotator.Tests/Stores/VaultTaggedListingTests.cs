using KeyRotator.Stores;
using KeyRotator.Tests.Contracts;
using KeyRotator.Tests.Support;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Stores;

public sealed class VaultTaggedListingTests : TaggedListingContract
{
    [Fact]
    public async Task ListTagged_FolderThatMayNotBeListed_ThrowsAfterAllOthers()
    {
        var store = await HoldingAsync(("llm/a", Tagged("yes")), ("private/b", Tagged("yes")), ("zeta", Tagged("yes")));
        ((VaultFake)Fake).Hidden.Add("private");
        var names = new List<string>();

        var failure = await Should.ThrowAsync<SecretStoreException>(async () =>
        {
            await foreach (var secret in store.ListTaggedAsync(new(Tag, null, ""), Token))
            {
                names.Add(secret.Name);
            }
        });

        names.ShouldBe(["zeta", "llm/a"]);
        failure.MissingPermission.ShouldNotBeNull().ShouldContain("secret/metadata/private");
        failure.IsTransient.ShouldBeFalse();
        (await NamesAsync(store, new(Tag, null, "llm/"))).ShouldBe(["llm/a"]);
    }

    [Fact]
    public async Task ListTagged_EngineOfVersion1_SaysThatItHasNoTags()
    {
        var store = await HoldingAsync(("alpha", Tagged("yes")));
        ((VaultFake)Fake).EngineVersion = 1;

        (await Should.ThrowAsync<SecretStoreException>(() => NamesAsync(store, new(Tag, null, "")))).Advice.ShouldContain("keeps no tags");
    }

    protected override FakeStoreServer CreateFake(IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> secrets)
    {
        var fake = new VaultFake();
        foreach (var (name, tags) in secrets)
        {
            fake.Add(name, "value");
            tags.ToList().ForEach(tag => fake.Secrets[name].Custom[tag.Key] = tag.Value);
        }

        return fake;
    }

    protected override ITaggedListing Connect(FakeStoreServer fake) => VaultStores.Connect((VaultFake)fake, TimeProvider.System);

    protected override void Deny(FakeStoreServer fake) => (((VaultFake)fake).MayRead, ((VaultFake)fake).MayList) = (false, false);
}

using Amazon.Runtime;
using KeyRotator.Configuration;
using KeyRotator.Keys;
using KeyRotator.Stores;
using KeyRotator.Stores.Auth;
using KeyRotator.Tests.Contracts;
using KeyRotator.Tests.Support;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Stores;

public sealed class AwsTaggedListingTests : TaggedListingContract
{
    [Fact]
    public async Task ListTagged_ManySecrets_AsksForTheTaggedAlone()
    {
        var store = await HoldingAsync(
            [.. Enumerable.Range(100, 900).Select(number => ($"s{number}", number == 500 ? Tagged("yes") : []))]);

        (await NamesAsync(store, new(Tag, null, ""))).ShouldBe(["s500"]);

        Fake.Requests.Count.ShouldBe(1);
    }

    [Fact]
    public async Task ListTagged_ByArn_TellsTheOtherName()
    {
        var store = await HoldingAsync(("alpha", Tagged("yes")));

        (await store.ListTaggedAsync(new(Tag, null, ""), Token).SingleAsync(Token)).Alias
            .ShouldBe(((AwsSecretsManagerFake)Fake).Find("alpha")!.Arn);
    }

    [Fact]
    public async Task ListTagged_MarkedForDeletion_IsGone()
    {
        var store = await HoldingAsync(("alpha", Tagged("yes")));
        ((AwsSecretsManagerFake)Fake).Find("alpha")!.DeletedAt = DateTimeOffset.UnixEpoch;

        (await NamesAsync(store, new(Tag, null, ""))).ShouldBeEmpty();
        var described = await ((ISecretDescriber)store).DescribeAsync(new SecretLocation { Store = "remote", Name = "alpha" }, Token);
        described!.IsDeleted.ShouldBeTrue();
    }

    protected override FakeStoreServer CreateFake(IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> secrets)
    {
        var fake = new AwsSecretsManagerFake();
        foreach (var (name, tags) in secrets)
        {
            var secret = fake.Add(name, "value");
            tags.ToList().ForEach(tag => secret.Tags[tag.Key] = tag.Value);
        }

        return fake;
    }

    protected override ITaggedListing Connect(FakeStoreServer fake)
    {
        var options = new AwsStoreOptions { Address = fake.Address, Region = AwsSecretsManagerFake.Region };
        var settings = new StoreSettings { Name = "remote", Kind = "aws", Options = options };
        var keys = new BasicAWSCredentials("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY");
        return new AwsSecretsManagerStore(settings, TimeProvider.System, new AwsAccess(options, _ => null, TimeProvider.System, keys));
    }

    protected override void Deny(FakeStoreServer fake) => ((AwsSecretsManagerFake)fake).Denied.Add("ListSecrets");
}

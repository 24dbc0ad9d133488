using System.Text;
using KeyRotator.Stores;
using KeyRotator.Tests.Contracts;
using KeyRotator.Tests.Support;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Stores;

public sealed class GcpTaggedListingTests : TaggedListingContract
{
    [Fact]
    public async Task ListTagged_ManySecrets_AsksForTheLabelledAlone()
    {
        var store = await HoldingAsync(
            [.. Enumerable.Range(100, 900).Select(number => ($"s{number}", number == 500 ? Tagged("yes") : []))]);

        (await NamesAsync(store, new(Tag, "yes", "s5"))).ShouldBe(["s500"]);

        Fake.Requests.Single().Query.ShouldContain("filter=labels.keyrotator%3Dyes%20AND%20name%3As5");
    }

    protected override FakeStoreServer CreateFake(IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> secrets)
    {
        var fake = new GcpFake();
        foreach (var (name, tags) in secrets)
        {
            var secret = fake.Secrets[name] = new();
            secret.Add(Encoding.UTF8.GetBytes("value"));
            foreach (var (tag, value) in tags)
            {
                (tag.EndsWith("-owner", StringComparison.Ordinal) ? secret.Annotations : secret.Labels)[tag] = value;
            }
        }

        return fake;
    }

    protected override ITaggedListing Connect(FakeStoreServer fake) => Gcp.Connect(fake, TimeProvider.System);

    protected override void Deny(FakeStoreServer fake) => ((GcpFake)fake).Denied.Add("secretmanager.secrets.list");
}

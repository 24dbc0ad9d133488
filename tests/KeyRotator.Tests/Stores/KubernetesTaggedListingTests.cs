using System.Text.Json.Nodes;
using KeyRotator.Configuration;
using KeyRotator.Stores;
using KeyRotator.Tests.Contracts;
using KeyRotator.Tests.Support;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Stores;

public sealed class KubernetesTaggedListingTests : TaggedListingContract
{
    private readonly TempFolder _folder = new();

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task ListTagged_ManySecrets_AsksForTheLabelledAlone()
    {
        var store = await HoldingAsync(
            [.. Enumerable.Range(100, 900).Select(number => ($"s{number}", number == 500 ? Tagged("yes") : []))]);

        (await NamesAsync(store, new(Tag, "yes", ""))).ShouldBe(["s500"]);

        Fake.Requests.Single().Query.ShouldContain("labelSelector=keyrotator%3Dyes");
    }

    [Theory]
    [InlineData("", "alpha", "team/alpha")]
    [InlineData("team/", "team/alpha", "alpha")]
    public async Task ListTagged_OwnNamespace_HasTwoNames(string prefix, string name, string other)
    {
        var store = await HoldingAsync(("alpha", Tagged("yes")));

        var found = await store.ListTaggedAsync(new(Tag, null, prefix), Token).SingleAsync(Token);

        (found.Name, found.Alias).ShouldBe((name, other));
    }

    protected override FakeStoreServer CreateFake(IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> secrets)
    {
        var fake = new KubernetesFake();
        foreach (var (name, tags) in secrets)
        {
            fake.Put(name, new Dictionary<string, string> { ["value"] = "v" });
            fake.Change(name, secret =>
            {
                var isNoted = (string tag) => tag.EndsWith("-owner", StringComparison.Ordinal);
                secret["metadata"]!["labels"] = Map(tags.Where(tag => !isNoted(tag.Key)));
                secret["metadata"]!["annotations"] = Map(
                    tags.Where(tag => isNoted(tag.Key)).Select(tag => KeyValuePair.Create("keyrotator.io/" + tag.Key, tag.Value)));
            });
        }

        return fake;
    }

    protected override ITaggedListing Connect(FakeStoreServer fake)
    {
        var path = _folder["kubeconfig.yaml"];
        File.WriteAllText(path, $$"""
            apiVersion: v1
            kind: Config
            current-context: test
            clusters: [{ name: c, cluster: { server: "{{fake.Address}}" } }]
            users: [{ name: u, user: { token: {{KubernetesFake.Token}} } }]
            contexts: [{ name: test, context: { cluster: c, user: u, namespace: {{KubernetesFake.Namespace}} } }]
            """);
        var options = new KubernetesStoreOptions { Kubeconfig = path };
        return (ITaggedListing)SecretStores.Create(
            new StoreSettings { Name = "cluster", Kind = "kubernetes", Options = options }, TimeProvider.System);
    }

    protected override void Deny(FakeStoreServer fake) => ((KubernetesFake)fake).Denied.Add("list");

    private static JsonObject Map(IEnumerable<KeyValuePair<string, string>> tags) =>
        new(tags.Select(tag => KeyValuePair.Create(tag.Key, (JsonNode?)JsonValue.Create(tag.Value))));
}

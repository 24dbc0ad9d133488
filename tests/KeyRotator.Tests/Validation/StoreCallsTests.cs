using KeyRotator.Keys;
using KeyRotator.State;
using KeyRotator.Stores;
using KeyRotator.Stores.Remote;
using KeyRotator.Tests.Stores;
using KeyRotator.Tests.Support;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Validation;

/// <summary>What passes over many keys cost in calls of the store's API.</summary>
/// <remarks>The vendor tolerates a probe every thirty seconds, and places are looked at every ten.</remarks>
public sealed class StoreCallsTests
{
    private const int Many = 5_000;

    [Fact]
    public async Task Check_FiveThousandInOneAwsAccount_TakesAtMostSixHundredthsOfACallForEach()
    {
        await using var fake = await AwsAsync(Many);
        await using var world = await WorldAsync(AwsSecretsManagerStoreTests.Open(fake.Address, TimeProvider.System), Many);

        await world.CheckAsync();
        fake.Actions.ShouldAllBe(action => action == "BatchGetSecretValue");
        fake.Requests.Count.ShouldBe(250, "0.05 of a call for each that is probed");

        await world.CheckAtOnceAsync();
        fake.Actions.Skip(250).ShouldAllBe(action => action == "ListSecrets");
        fake.Requests.Count.ShouldBe(300, "0.01 for each that is only looked at");

        var changed = fake.Find("llm/k7")!;
        fake.Make(changed, Guid.NewGuid().ToString(), PassWorld.ValueOf("k7", 2), null, ["AWSCURRENT"]);
        world.Vendor.Accept(PassWorld.ValueOf("k7", 2));
        world.Clock.Advance(TimeSpan.FromSeconds(1));
        await world.CheckAtOnceAsync();
        fake.Requests.Count.ShouldBe(351, "and one read for what changed");
        (await world.StatusAsync("k7")).Version.ShouldBe(2);
    }

    [Fact]
    public async Task Check_PassAfterPass_AddsToTheRecord()
    {
        await using var fake = await AwsAsync(100);
        await using var world = await WorldAsync(AwsSecretsManagerStoreTests.Open(fake.Address, TimeProvider.System), 100);
        var began = world.Clock.GetUtcNow() + PassWorld.Minute;

        await world.CheckAsync();
        (await UsageAsync(world)).ShouldBe(new("remote", began, 5, 0, 0));
        await world.CheckAtOnceAsync();
        (await UsageAsync(world)).ShouldBe(new("remote", began, 5, 1, 0), "what was recorded is not recorded again");
        await world.CheckAsync();

        (await UsageAsync(world)).ShouldBe(new("remote", began, 10, 1, 0));
        fake.Requests.Count.ShouldBe(11);
    }

    [Fact]
    public async Task Check_Vault_CountsQuestionsToTheServerAsReads()
    {
        await using var vault = new VaultFake();
        vault.Add("llm/k1", PassWorld.ValueOf("k1"));
        await vault.StartAsync(TestContext.Current.CancellationToken);
        using var store = VaultStores.Connect(vault, TimeProvider.System);
        await using var world = await WorldAsync(store, 1);

        await world.CheckAsync();
        await foreach (var _ in store.ListAsync("", TestContext.Current.CancellationToken))
        {
        }

        store.Meter.Total.ShouldBe(new StoreRequests(Reads: 2, Lists: 2, Writes: 0));
    }

    [Fact]
    public async Task Check_NamedByArn_IsListedAlike()
    {
        await using var fake = await AwsAsync(100);
        var store = AwsSecretsManagerStoreTests.Open(fake.Address, TimeProvider.System);
        await using var world = await WorldAsync(store, 100, name => fake.Find(name)!.Arn);
        await world.CheckAsync();
        var before = fake.Requests.Count;

        await world.CheckAtOnceAsync();

        fake.Actions.Skip(before).ShouldBe(["ListSecrets"]);
        fake.Requests[^1].Text.ShouldContain("""["llm/k"]""");
    }

    [Fact]
    public async Task Check_ListingNotAllowed_ReadsInBatches()
    {
        await using var fake = await AwsAsync(100);
        await using var world = await WorldAsync(AwsSecretsManagerStoreTests.Open(fake.Address, TimeProvider.System), 100);
        await world.CheckAsync();
        fake.Denied.Add("ListSecrets");
        var before = fake.Requests.Count;

        await world.CheckAtOnceAsync();

        fake.Actions.Skip(before).ShouldBe(["ListSecrets", .. Enumerable.Repeat("BatchGetSecretValue", 5)]);
        (await world.OpenAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Check_VaultOrGcp_TakesOneCallForEachAndNoListing()
    {
        await using var vault = new VaultFake();
        Enumerable.Range(1, 60).ToList().ForEach(number => vault.Add($"llm/k{number}", PassWorld.ValueOf($"k{number}")));
        await vault.StartAsync(TestContext.Current.CancellationToken);
        using var store = VaultStores.Connect(vault, TimeProvider.System);
        await using var world = await WorldAsync(store, 60);

        await world.CheckAsync();
        var first = vault.Requests.Count;
        await world.CheckAtOnceAsync();

        first.ShouldBe(61, "one for each secret, and one that finds the engine's version");
        (vault.Requests.Count - first).ShouldBe(60, "its listing tells no versions");
    }

    private static async Task<StoreUsage> UsageAsync(PassWorld world)
    {
        await using var transaction = await world.State.BeginReadAsync(TestContext.Current.CancellationToken);
        return (await StoreUsageTable.LoadAsync(transaction, TestContext.Current.CancellationToken)).Values.Single();
    }

    private static async Task<AwsSecretsManagerFake> AwsAsync(int keys)
    {
        var fake = new AwsSecretsManagerFake();
        for (var number = 1; number <= keys; number++)
        {
            fake.Add($"llm/k{number}", PassWorld.ValueOf($"k{number}"));
        }

        await fake.StartAsync(TestContext.Current.CancellationToken);
        return fake;
    }

    private static async Task<PassWorld> WorldAsync(ISecretStore store, int keys, Func<string, string>? nameOf = null)
    {
        var world = await PassWorld.StartAsync(other: store, gate: instance => instance with { CheckEvery = TimeSpan.FromSeconds(10) });
        for (var number = 1; number <= keys; number++)
        {
            var name = $"llm/k{number}";
            world.With(
                $"k{number}",
                key => key with { Locations = [new SecretLocation { Store = store.Name, Name = nameOf?.Invoke(name) ?? name }] });
        }

        return world;
    }
}

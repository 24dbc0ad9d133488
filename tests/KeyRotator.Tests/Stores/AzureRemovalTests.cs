using System.Text.Json.Nodes;
using KeyRotator.Keys;
using KeyRotator.Secrets;
using KeyRotator.Stores;
using KeyRotator.Tests.Support;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Stores;

/// <summary>What is Key Vault's own when a secret is removed: it is deleted, kept for a while, and purged.</summary>
public sealed class AzureRemovalTests : IAsyncDisposable
{
    private const string PurgeAction = "secrets/purge/action";
    private readonly AzureKeyVaultFake _fake = AzureVaults.Fake(new Dictionary<string, string> { ["alpha"] = "one" });
    private readonly ManualClock _clock = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static SecretLocation Alpha => new() { Store = "mine", Name = "alpha" };

    private AzureFakeSecret Secret => _fake.Secrets["alpha"];

    private string NewestId => Secret.Versions[^1].Id;

    public ValueTask DisposeAsync() => _fake.DisposeAsync();

    [Fact]
    public async Task Remove_KnownValue_IsMarkedDeletedAndPurged()
    {
        var store = await StartAsync();
        var id = NewestId;

        await RemoveAsync(store);

        _fake.Requests.Where(request => request.Method != "GET").Select(request => $"{request.Method} {request.Path}").ShouldBe(
            [$"PATCH /secrets/alpha/{id}", "DELETE /secrets/alpha", "DELETE /deletedsecrets/alpha"]);
        _fake.Secrets.ShouldBeEmpty();
        (await store.KeptAsync(Alpha, Token)).ShouldBeNull();
    }

    [Theory]
    [InlineData("disabled", "is disabled, so it cannot be looked at.")]
    [InlineData("certificate", "it belongs to a certificate.")]
    public async Task Remove_WhatCannotBeJudged_IsRefused(string state, string advice)
    {
        var store = await StartAsync();
        _fake.AddForeign("alpha", "one", isEnabled: state != "disabled");
        _fake.AddForeign("alpha", "one");
        Secret.IsManaged = state == "certificate";

        (await Should.ThrowAsync<SecretConflictException>(() => RemoveAsync(store))).Advice.ShouldEndWith(advice);

        _fake.Requests.ShouldAllBe(request => request.Method == "GET");
    }

    [Theory]
    [InlineData("", "by somebody, of whom nothing is known")]
    [InlineData("remove 0123456789abcdef0123456789abcdef", "by somebody, who copied the tags of a version that was marked")]
    public async Task Remove_DeletedByOthers_DoesNothing(string mark, string reason)
    {
        var store = await StartAsync();
        Secret.Versions[0].Tags = new JsonObject { ["keyrotator"] = mark };
        Secret.IsDeleted = true;

        await RemoveAsync(store);

        _fake.Requests.ShouldAllBe(request => request.Method == "GET", reason);
        _fake.Secrets.ShouldHaveSingleItem(reason);
    }

    [Theory]
    [InlineData("DELETE /secrets/alpha", true)]
    [InlineData("GET /deletedsecrets/alpha", true)]
    [InlineData("DELETE /deletedsecrets/alpha", false)]
    public async Task Remove_EndedHalfWay_IsFinishedByTheNext(string call, bool happens)
    {
        var store = await StartAsync();
        Enumerable.Range(0, 9).ToList().ForEach(_ => _fake.Inject(
            happens ? StoreFault.FailsAfter : StoreFault.ServerError, request => $"{request.Method} {request.Path}" == call));
        await Should.ThrowAsync<SecretStoreException>(() => Drive.UntilDone(RemoveAsync(store), _clock));
        _fake.ClearFaults();
        Secret.IsDeleted.ShouldBeTrue();
        (await store.ListKeptAsync("al", Token).ToListAsync(Token)).ShouldBe(["alpha"]);

        await RemoveAsync(store);

        _fake.Secrets.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(4)]
    [InlineData(0)]
    public async Task Remove_FaultAtAnyRequestOfASlowVault_EndsPurged(int lag)
    {
        foreach (var fault in new[] { StoreFault.DropsBefore, StoreFault.DropsAfter, StoreFault.FailsAfter, StoreFault.Garbage })
        {
            for (var point = 0; point < 16; point++)
            {
                await using var fake = AzureVaults.Fake(new Dictionary<string, string> { ["alpha"] = "one" });
                await fake.StartAsync(Token);
                fake.Lag = lag;
                var (store, left) = (AzureVaults.Connect(fake, _clock), point);
                fake.Inject(fault, _ => left-- == 0);
                try
                {
                    await Drive.UntilDone(RemoveAsync(store), _clock);
                    fake.Secrets.ShouldBeEmpty($"{fault} at request {point}: it says that it is done");
                }
                catch (SecretStoreException failure)
                {
                    failure.ShouldNotBeOfType<SecretConflictException>($"{fault} at request {point}");
                }

                // What is being deleted cannot be told from what is absent: by the next test it is deleted.
                fake.ClearFaults();
                fake.Secrets.Values.Where(secret => !secret.IsPurged).ToList().ForEach(secret => secret.Looks = 0);
                await Drive.UntilDone(RemoveAsync(store), _clock);
                fake.Secrets.ShouldBeEmpty($"{fault} at request {point}");
            }
        }
    }

    [Fact]
    public async Task Remove_DeletionThatDoesNotEnd_FailsAndIsFinishedLater()
    {
        var store = await StartAsync();
        _fake.Lag = 50;

        var failure = await Should.ThrowAsync<SecretStoreException>(() => Drive.UntilDone(RemoveAsync(store), _clock));
        (Secret.Looks, _fake.Lag) = (0, 0);
        await RemoveAsync(store);

        (failure.IsTransient, failure.Advice.Contains("has not ended the deletion", StringComparison.Ordinal)).ShouldBe((true, true));
        _fake.Secrets.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Remove_PurgeNotAllowed_IsDoneAndSaysWhatIsKept(bool hasPolicies)
    {
        var store = await StartAsync();
        (_fake.HasPolicies, _) = (hasPolicies, _fake.Denied.Add(PurgeAction));

        await RemoveAsync(store);

        (await store.ListAsync("", Token).ToListAsync(Token)).ShouldBeEmpty();
        (await store.KeptAsync(Alpha, Token)).ShouldBe("it is deleted, nobody can read it; Key Vault keeps it until 2026-04-01: to purge it"
            + " needs Microsoft.KeyVault/vaults/secrets/purge/action (Key Vault Secrets Officer), or `purge` in the vault's access policy");
    }

    [Fact]
    public async Task Remove_PurgeProtection_IsDoneWithoutTryingToPurge()
    {
        var store = await StartAsync();
        _fake.IsProtected = true;

        await RemoveAsync(store);
        await RemoveAsync(store);

        _fake.Requests.ShouldNotContain(request => request.Method == "DELETE" && request.Path.StartsWith("/deletedsecrets"));
        (await store.KeptAsync(Alpha, Token)).ShouldNotBeNull()
            .ShouldEndWith("until 2026-04-01: the vault or its subscription has purge protection");
        (await store.ListKeptAsync("", Token).ToListAsync(Token)).ShouldBeEmpty("it would be told at every test for months");
    }

    [Fact]
    public async Task Remove_FirewallBeforeThePurge_IsNoSuccess()
    {
        var store = await StartAsync();
        _fake.Before = request => _fake.Refusal = request.Method == "DELETE" && request.Path.StartsWith("/deletedsecrets")
            ? new(403, "Forbidden", "no", "ForbiddenByFirewall")
            : null;

        (await Should.ThrowAsync<SecretStoreException>(() => RemoveAsync(store))).Advice.ShouldContain("firewall");
    }

    [Theory]
    [InlineData("secrets/update/action")]
    [InlineData("secrets/delete")]
    public async Task Remove_Denied_NamesTheActionAndLeavesTheValue(string action)
    {
        var store = await StartAsync();
        _fake.Denied.Add(action);

        (await Should.ThrowAsync<SecretStoreException>(() => RemoveAsync(store))).MissingPermission.ShouldNotBeNull()
            .ShouldStartWith($"Microsoft.KeyVault/vaults/{action} on 127.0.0.1/secrets/alpha");

        (Secret.IsDeleted, Secret.Versions.Count).ShouldBe((false, 1));
    }

    [Fact]
    public async Task Remove_VersionAddedBeforeTheDeletion_IsNotPurged()
    {
        var store = await StartAsync();
        _fake.Before = request =>
        {
            if (request is { Method: "DELETE", Path: "/secrets/alpha" })
            {
                _fake.AddForeign("alpha", "theirs");
            }
        };

        var failure = await Should.ThrowAsync<SecretStoreException>(() => RemoveAsync(store));
        _fake.Before = null;
        await RemoveAsync(store);

        failure.Advice.ShouldContain("az keyvault secret recover");
        failure.Advice.ShouldContain($"somebody else added version {NewestId}");
        (Secret.IsDeleted, Secret.Versions[^1].Text).ShouldBe((true, "theirs"));
    }

    [Fact]
    public async Task Remove_VersionAddedDuringTheLook_IsRefused()
    {
        var store = await StartAsync();
        var first = NewestId;
        _fake.Before = request => _ = request.Path.EndsWith(first) && Secret.Versions.Count == 1 ? _fake.AddForeign("alpha", "one") : null;

        await Should.ThrowAsync<SecretConflictException>(() => RemoveAsync(store));

        (Secret.IsDeleted, Secret.Versions.Count).ShouldBe((false, 2));
    }

    [Fact]
    public async Task Remove_DeletedByOthersDuringTheLook_IsDone()
    {
        var store = await StartAsync();
        _fake.Before = request => Secret.IsDeleted |= request.Method == "PATCH";

        await RemoveAsync(store);

        Secret.IsDeleted.ShouldBeTrue();
        _fake.Requests.ShouldNotContain(request => request.Method == "DELETE");
    }

    [Fact]
    public async Task Remove_NoRoomForTheMark_IsDoneWithoutIt()
    {
        var store = await StartAsync();
        Enumerable.Range(0, 15).ToList().ForEach(i => Secret.Versions[0].Tags[$"t{i}"] = "x");

        await RemoveAsync(store);

        _fake.Secrets.ShouldBeEmpty();
    }

    [Fact]
    public async Task WriteTest_PurgeNotAllowed_PassesAndSaysWhatIsKept()
    {
        var store = await StartAsync();
        _fake.Denied.Add(PurgeAction);
        var secret = TrialSecret.Create("mine", "", _clock.GetUtcNow(), new Random(7));

        var steps = await TestAsync(store, secret);
        _clock.Advance(TrialLeftovers.LeastAge);
        var later = await TestAsync(store, TrialSecret.Create("mine", "", _clock.GetUtcNow(), new Random(8)));
        _fake.Denied.Clear();
        _clock.Advance(TrialLeftovers.LeastAge);
        var last = await TestAsync(store, TrialSecret.Create("mine", "", _clock.GetUtcNow(), new Random(9)));

        steps.Concat(later).Concat(last).ShouldAllBe(step => step.Passed);
        steps[^1].Message.ShouldStartWith("it is deleted, nobody can read it; Key Vault keeps it until 2026-04-01: to purge it needs");
        later[0].Message.ShouldStartWith($"{secret.Location.Name} removed: it is deleted, nobody can read it");
        last[0].Message.ShouldContain($"{secret.Location.Name} removed;");
        _fake.Secrets.Keys.ShouldBe(["alpha"]);
    }

    [Fact]
    public async Task WriteTest_InterruptedWherePurgeIsNotAllowed_SaysWhatIsKept()
    {
        var store = await StartAsync();
        _fake.Denied.Add(PurgeAction);
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Token);
        _fake.Before = _ => Enumerable.Range(0, _fake.Secrets.Count - 1).ToList().ForEach(_ => cancel.Cancel());
        var told = new List<string>();
        var secret = TrialSecret.Create("mine", "", _clock.GetUtcNow(), new Random(7));

        await Should.ThrowAsync<OperationCanceledException>(
            () => new StoreWriteTest(store, secret, new(_clock), _clock, told.Add).RunAsync(cancel.Token));

        told.ShouldHaveSingleItem().ShouldStartWith($"Store mine: the secret {secret.Location.Name} is removed: it is deleted");
    }

    private Task<IReadOnlyList<StoreTestStep>> TestAsync(AzureKeyVaultStore store, TrialSecret secret) =>
        new StoreWriteTest(store, secret, new(_clock), _clock, _ => { }).RunAsync(Token);

    private static async Task<bool> RemoveAsync(AzureKeyVaultStore store)
    {
        await store.RemoveAsync(Alpha, [new SecretValue("one")], Token);
        return true;
    }

    private async Task<AzureKeyVaultStore> StartAsync()
    {
        await _fake.StartAsync(Token);
        return AzureVaults.Connect(_fake, _clock);
    }
}

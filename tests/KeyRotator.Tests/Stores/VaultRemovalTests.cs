using KeyRotator.Keys;
using KeyRotator.Secrets;
using KeyRotator.Stores;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Stores;

/// <summary>What is Vault's own when a secret is removed.</summary>
public sealed class VaultRemovalTests : IAsyncDisposable
{
    private readonly VaultFake _fake = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _fake.DisposeAsync();

    [Fact]
    public async Task Remove_DeletedVersion_IsRefused()
    {
        _fake.Add("llm/a", "one");
        _fake.Add("llm/a", "one");
        _fake.Secrets["llm/a"].Versions[0].DeletedAt = "2026-01-02T03:04:05Z";

        (await Should.ThrowAsync<SecretConflictException>(() => RemoveAsync())).Advice
            .ShouldBe("its version 1 is deleted, so it cannot be looked at.");
        _fake.Secrets.ShouldNotBeEmpty();
    }

    [Fact]
    public async Task Remove_DestroyedVersion_HoldsNothing()
    {
        _fake.Add("llm/a", "theirs");
        _fake.Add("llm/a", "one");
        _fake.Secrets["llm/a"].Versions[0].IsDestroyed = true;

        await RemoveAsync();

        _fake.Secrets.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("keyrotator_writes", true)]
    [InlineData("owner", false)]
    [InlineData(null, false)]
    public async Task Remove_NoVersionYet_IsDoneOnlyWhereAWriteMadeIt(string? custom, bool isRemoved)
    {
        var kept = _fake.Secrets["llm/a"] = new();
        if (custom is not null)
        {
            kept.Custom[custom] = "x";
        }

        await (isRemoved ? RemoveAsync() : Should.ThrowAsync<SecretConflictException>(() => RemoveAsync()));

        _fake.Secrets.ContainsKey("llm/a").ShouldBe(!isRemoved);
    }

    [Theory]
    [InlineData("one", true)]
    [InlineData("theirs", false)]
    [InlineData("""{"value":"one","other":"theirs"}""", false)]
    public async Task Remove_EngineOfVersion1_GoesByTheValue(string text, bool isRemoved)
    {
        _fake.EngineVersion = 1;
        _fake.Add("llm/a", text);

        await (isRemoved ? RemoveAsync() : Should.ThrowAsync<SecretConflictException>(() => RemoveAsync()));
        await RemoveAsync("llm/absent");

        _fake.Secrets.ContainsKey("llm/a").ShouldBe(!isRemoved);
    }

    [Theory]
    [InlineData(1, "path \"secret/llm/a\" { capabilities = [\"delete\"] }")]
    [InlineData(2, "path \"secret/metadata/llm/*\" { capabilities = [\"delete\"] }")]
    public async Task Remove_Denied_GivesTheStanza(int version, string stanza)
    {
        (_fake.EngineVersion, _fake.MayRemove) = (version, false);
        _fake.Add("llm/a", "one");

        (await Should.ThrowAsync<SecretStoreException>(() => RemoveAsync())).MissingPermission.ShouldBe(stanza);
    }

    [Fact]
    public async Task WriteTest_EngineOfVersion1_SaysThatNothingIsConditional()
    {
        _fake.EngineVersion = 1;
        await _fake.StartAsync(Token);
        using var store = VaultStores.Connect(_fake, TimeProvider.System);
        var secret = TrialSecret.Create("vault", "llm/", DateTimeOffset.UnixEpoch, new Random(7));

        var steps = await new StoreWriteTest(store, secret, new(TimeProvider.System), TimeProvider.System, _ => { }).RunAsync(Token);

        steps.ShouldAllBe(step => step.Passed);
        steps[3].Message.ShouldBe("what was written is there; there are no versions here, so no write is conditional");
        _fake.Secrets.ShouldBeEmpty();
    }

    private async Task RemoveAsync(string name = "llm/a")
    {
        if (_fake.Requests.Count == 0)
        {
            await _fake.StartAsync(Token);
        }

        using var store = VaultStores.Connect(_fake, TimeProvider.System);
        await store.RemoveAsync(new SecretLocation { Store = "vault", Name = name }, [new SecretValue("one")], Token);
    }
}

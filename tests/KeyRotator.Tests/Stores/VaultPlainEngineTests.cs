using KeyRotator.Keys;
using KeyRotator.Secrets;
using KeyRotator.Stores;
using KeyRotator.Tests.Support;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Stores;

/// <summary>An engine of version 1: no versions, no condition, no metadata. Values are compared before and after a write.</summary>
public sealed class VaultPlainEngineTests : IAsyncDisposable
{
    private readonly VaultFake _fake = new() { EngineVersion = 1 };
    private readonly ManualClock _clock = new();
    private VaultStore? _store;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        _store?.Dispose();
        await _fake.DisposeAsync();
    }

    [Fact]
    public async Task Read_Secret_HasNoVersion()
    {
        var store = await StartAsync("""{"key":"old","other":"keep"}""");

        var read = await store.ReadAsync(At("key"), null, Token);

        (read?.Value.Reveal(), read?.Version).ShouldBe(("old", null));
        (await store.ReadAsync(At("key"), new SecretVersion("1"), Token)).ShouldBeNull();
        (await store.ReadAsync(At("none"), null, Token)).ShouldBeNull();
        (await store.ReadAsync(At(name: "b"), null, Token)).ShouldBeNull();
    }

    [Fact]
    public async Task Capabilities_BeforeAndAfterTheFirstCall_TellWhatIsKnown()
    {
        var store = await StartAsync("value");
        (store.Capabilities.HasVersions, store.Capabilities.Rollback).ShouldBe((true, RollbackKind.NewVersion));

        await store.ReadAsync(At(), null, Token);

        var known = store.Capabilities;
        (known.HasVersions, known.ConditionalWrite, known.IdempotentWrite, known.Rollback)
            .ShouldBe((false, false, false, RollbackKind.Rewrite));
        using var configured = VaultStores.Connect(_fake, _clock, options => options with { EngineVersion = 1 });
        configured.Capabilities.ShouldBe(known);
    }

    [Fact]
    public async Task Write_Field_KeepsTheOthersAndHasNoVersion()
    {
        var store = await StartAsync("""{"key": "old", "other": 1.50e+1}""");

        (await store.WriteAsync(Write("new", "key"), Token)).ShouldBeNull();

        _fake.Secrets["a"].Latest.Fields.ShouldBe("""{"key": "new", "other": 1.50e+1}""");
        await Should.ThrowAsync<SecretConflictException>(
            () => store.WriteAsync(Write("newer", "key") with { ExpectedVersion = new SecretVersion("1") }, Token));
    }

    [Fact]
    public async Task Write_EqualValue_IsNotSent()
    {
        var store = await StartAsync("value");

        await store.WriteAsync(Write("value"), Token);

        _fake.Requests.ShouldAllBe(request => request.Method == "GET");
    }

    [Theory]
    [InlineData(StoreFault.DropsAfter)]
    [InlineData(StoreFault.FailsAfter)]
    public async Task Write_AnswerLost_IsFoundByReadingAndSentOnce(StoreFault fault)
    {
        var store = await StartAsync("old");
        _fake.Inject(fault, request => request.Method == "POST");

        await store.WriteAsync(Write("new"), Token);

        (VaultStores.ValueIn(_fake, "a"), _fake.Requests.Count(request => request.Method == "POST")).ShouldBe(("new", 1));
    }

    [Fact]
    public async Task Write_FollowedByAForeignOne_IsAConflict()
    {
        var store = await StartAsync("old");
        var isWritten = false;
        _fake.Before = request =>
        {
            if (isWritten)
            {
                _fake.Secrets["a"].Versions.Add(new("""{"value":"theirs"}"""));
            }

            isWritten = request.Method == "POST";
        };

        await Should.ThrowAsync<SecretConflictException>(() => store.WriteAsync(Write("new"), Token));
    }

    [Fact]
    public async Task Write_Denied_GivesTheStanza()
    {
        var store = await StartAsync("old");
        _fake.MayWrite = false;

        (await Should.ThrowAsync<SecretStoreException>(() => store.WriteAsync(Write("new"), Token)))
            .MissingPermission.ShouldBe("path \"secret/a\" { capabilities = [\"create\", \"read\", \"update\"] }");
    }

    [Fact]
    public async Task Other_Abilities_SayWhatThereIs()
    {
        var store = await StartAsync("value");

        (await store.DescribeAsync(At(), Token)).ShouldBe(new SecretDescription());
        (await store.DescribeAsync(At(name: "b"), Token)).ShouldBeNull();
        await store.PurgeAsync(At(), new SecretVersion("1"), Token);
        await Should.ThrowAsync<SecretStoreException>(() => store.TagAsync(At(), new Dictionary<string, string?> { ["a"] = "b" }, Token));
        (await store.ListAsync("", Token).ToListAsync(Token)).ShouldBe([new ListedSecret("a", null)]);
        (await store.TestAsync([], Token)).ShouldAllBe(step => step.Passed);
    }

    private async Task<VaultStore> StartAsync(string text)
    {
        _fake.Add("a", text);
        await _fake.StartAsync(Token);
        return _store = VaultStores.Connect(_fake, _clock);
    }

    private static SecretLocation At(string? field = null, string name = "a") => new() { Store = "vault", Name = name, Field = field };

    private static SecretWrite Write(string value, string? field = null) => new(At(field), new SecretValue(value), null, Guid.NewGuid());
}

using KeyRotator.Secrets;
using KeyRotator.Stores;
using KeyRotator.Tests.Support;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Contracts;

/// <summary>What every store that can be written keeps, beyond <see cref="SecretStoreContract"/>.</summary>
public abstract partial class WritableSecretStoreContract : SecretStoreContract
{
    [Fact]
    public async Task Write_AbsentSecret_MakesIt()
    {
        var store = await EmptyAsync();

        var version = await store.WriteAsync(Write(store, "alpha", null, "value"), Token);

        var read = await store.ReadAsync(At(store, "alpha"), null, Token);
        (read?.Value.Reveal(), read?.Version).ShouldBe(("value", version));
    }

    [Fact]
    public async Task Write_UpToTheLimit_IsTaken()
    {
        var store = await EmptyAsync();
        var limit = store.Capabilities.MaxBytes;

        await store.WriteAsync(Write(store, "alpha", null, new string('ü', limit / 2)), Token);

        (await ValueAsync(store, "alpha"))?.Length.ShouldBe(limit / 2);
    }

    [Fact]
    public async Task Write_OneByteTooMany_ChangesNothing()
    {
        var store = await WritableAsync("alpha", "old");
        var version = await VersionAsync(store, "alpha");
        var tooLong = new string('k', store.Capabilities.MaxBytes + 1);

        await Should.ThrowAsync<SecretStoreException>(() => store.WriteAsync(Write(store, "alpha", version, tooLong), Token));

        (await ValueAsync(store, "alpha"), await VersionAsync(store, "alpha")).ShouldBe(("old", version));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("field")]
    public async Task Write_EqualValue_MakesNoVersion(string? field)
    {
        var store = await WritableAsync("alpha", """{"field":"v\u0061lue"}""");
        var version = await VersionAsync(store, "alpha");

        var returned = await store.WriteAsync(Write(store, "alpha", version, (await ValueAsync(store, "alpha", field))!, field), Token);

        returned.ShouldBe(version);
        (await VersionAsync(store, "alpha")).ShouldBe(version);
    }

    [Fact]
    public async Task Write_Repeated_IsOneWrite()
    {
        var store = await WritableAsync("alpha", "old");
        var write = Write(store, "alpha", await VersionAsync(store, "alpha"), "new");

        var first = await store.WriteAsync(write, Token);
        var second = await store.WriteAsync(write, Token);

        second.ShouldBe(first);
        (await VersionAsync(store, "alpha")).ShouldBe(first);
    }

    [Fact]
    public async Task Write_RepeatedAfterAnother_ChangesNothing()
    {
        var store = await WritableAsync("alpha", "old");
        var write = Write(store, "alpha", await VersionAsync(store, "alpha"), "new");
        var first = await store.WriteAsync(write, Token);
        await store.WriteAsync(Write(store, "alpha", first, "newer"), Token);

        (await store.WriteAsync(write, Token)).ShouldBe(first);

        (await ValueAsync(store, "alpha")).ShouldBe("newer");
    }

    [Fact]
    public async Task Write_TokenOfAnotherValue_IsRefused()
    {
        var store = await WritableAsync("alpha", "old");
        var write = Write(store, "alpha", await VersionAsync(store, "alpha"), "new");
        var version = await store.WriteAsync(write, Token);

        var other = write with { Value = new("other"), ExpectedVersion = version };
        await Should.ThrowAsync<SecretStoreException>(() => store.WriteAsync(other, Token));

        (await ValueAsync(store, "alpha")).ShouldBe("new");
    }

    [Fact]
    public async Task Write_LostCondition_ChangesNothing()
    {
        var store = await WritableAsync("alpha", "old");
        var stale = await VersionAsync(store, "alpha");
        await store.WriteAsync(Write(store, "alpha", stale, "theirs"), Token);
        SecretWrite[] losers =
        [
            Write(store, "alpha", stale, "ours"), Write(store, "alpha", null, "ours"),
            Write(store, "absent", stale, "ours"), Write(store, "alpha", stale, "theirs"),
        ];

        foreach (var loser in losers)
        {
            await Should.ThrowAsync<SecretConflictException>(() => store.WriteAsync(loser, Token));
        }

        (await ValueAsync(store, "alpha"), await ValueAsync(store, "absent")).ShouldBe(("theirs", null));
    }

    [Fact]
    public async Task Read_EarlierVersion_IsWhatItWas()
    {
        var store = await WritableAsync("alpha", """{"field":"old"}""");
        var first = await VersionAsync(store, "alpha");
        await store.WriteAsync(Write(store, "alpha", first, "new", "field"), Token);

        (await store.ReadAsync(At(store, "alpha", "field"), first, Token))?.Value.Reveal().ShouldBe("old");
        (await ValueAsync(store, "alpha", "field")).ShouldBe("new");
    }

    [Fact]
    public async Task Write_Failing_NeverShowsAValue()
    {
        var canary = new Canary();
        var store = await WritableAsync("alpha", canary.Text);
        var version = await VersionAsync(store, "alpha");
        SecretWrite[] failing =
        [
            Write(store, "alpha", null, canary.Text),
            Write(store, "alpha", version, canary.Text + (FieldsAreJson ? "" : "\ud800"), "field"),
            Write(store, "alpha", version, canary.Text + "\ud800"),
            Write(store, "alpha", version, string.Concat(Enumerable.Repeat(canary.Text, store.Capabilities.MaxBytes))),
        ];

        // Where a secret is a map, a further field is no fault.
        foreach (var write in failing.Where(write => !IsMapOfFields || write.Location.Field is null))
        {
            canary.ShouldBeAbsentFrom((await Should.ThrowAsync<SecretStoreException>(() => store.WriteAsync(write, Token))).ToString());
        }
    }

    [Fact]
    public async Task Write_Cancelled_ChangesNothing()
    {
        var store = await WritableAsync("alpha", "old");
        var write = Write(store, "alpha", await VersionAsync(store, "alpha"), "new");

        await Should.ThrowAsync<OperationCanceledException>(() => store.WriteAsync(write, new CancellationToken(canceled: true)));

        (await ValueAsync(store, "alpha")).ShouldBe("old");
    }

    protected static SecretWrite Write(ISecretStore store, string name, SecretVersion? expected, string value, string? field = null) =>
        new(At(store, name, field), new SecretValue(value), expected, Guid.NewGuid());

    protected static async Task<SecretVersion?> VersionAsync(ISecretStore store, string name) =>
        (await store.ReadAsync(At(store, name), null, Token))?.Version;

    private async Task<IWritableSecretStore> WritableAsync(string name, string text) =>
        (IWritableSecretStore)await HoldingAsync(name, text);

    private async Task<IWritableSecretStore> EmptyAsync() => (IWritableSecretStore)await CreateAsync(new Dictionary<string, string>());
}

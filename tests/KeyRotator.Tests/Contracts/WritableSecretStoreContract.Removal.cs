using KeyRotator.Secrets;
using KeyRotator.Stores;
using KeyRotator.Tests.Support;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Contracts;

/// <summary>The part on removing whole secrets.</summary>
public abstract partial class WritableSecretStoreContract
{
    [Theory]
    [InlineData(null)]
    [InlineData("field")]
    public async Task Remove_NothingButKnownValues_LeavesNothingAndTheNameFree(string? field)
    {
        var store = await EmptyAsync();
        var first = await store.WriteAsync(Write(store, "alpha", null, "one", field), Token);
        await store.WriteAsync(Write(store, "alpha", first, "two", field), Token);

        await RemoveAsync(store, "alpha", field, "two", "one");

        (await store.ReadAsync(At(store, "alpha", field), null, Token)).ShouldBeNull();
        (await ((ISecretListing)store).ListAsync("alpha", Token).ToListAsync(Token)).ShouldBeEmpty();
        await store.WriteAsync(Write(store, "alpha", null, "three", field), Token);
        (await ValueAsync(store, "alpha", field)).ShouldBe("three");
    }

    [Fact]
    public async Task Remove_AbsentOrRemovedBefore_DoesNothing()
    {
        var store = await WritableAsync("alpha", "one");

        await RemoveAsync(store, "absent", null, "one");
        await RemoveAsync(store, "alpha", null, "one");
        await RemoveAsync(store, "alpha", null, "one");

        (await ValueAsync(store, "alpha")).ShouldBeNull();
    }

    [Fact]
    public async Task Remove_ValueThatIsNotKnown_IsRefusedAndNotShown()
    {
        var canary = new Canary();
        var store = await WritableAsync("alpha", canary.Text);

        var failure = await Should.ThrowAsync<SecretConflictException>(() => RemoveAsync(store, "alpha", null, "one", canary.Text[..^1]));

        failure.Operation.ShouldBe("remove");
        canary.ShouldBeAbsentFrom(failure.ToString());
        (await ValueAsync(store, "alpha")).ShouldBe(canary.Text);
    }

    [Fact]
    public async Task Remove_EarlierVersionThatIsNotKnown_IsRefused()
    {
        var store = await WritableAsync("alpha", "theirs");
        Assert.SkipUnless(store.Capabilities.HasVersions, "without versions nothing earlier is kept, and nothing can be lost");
        await store.WriteAsync(Write(store, "alpha", await VersionAsync(store, "alpha"), "one"), Token);

        await Should.ThrowAsync<SecretConflictException>(() => RemoveAsync(store, "alpha", null, "one"));

        (await ValueAsync(store, "alpha")).ShouldBe("one");
    }

    [Theory]
    [InlineData("""{"field":"one","other":"theirs"}""")]
    [InlineData("""{"other":"one"}""")]
    public async Task Remove_OtherField_IsRefused(string json)
    {
        var store = await WritableAsync("alpha", json);

        await Should.ThrowAsync<SecretStoreException>(() => RemoveAsync(store, "alpha", "field", "one"));

        (await ValueAsync(store, "alpha", "other")).ShouldNotBeNull();
    }

    [Fact]
    public async Task Remove_Cancelled_ChangesNothing()
    {
        var store = await WritableAsync("alpha", "one");

        await Should.ThrowAsync<OperationCanceledException>(() => ((ISecretRemoval)store).RemoveAsync(
            At(store, "alpha"), [new SecretValue("one")], new CancellationToken(canceled: true)));

        (await ValueAsync(store, "alpha")).ShouldBe("one");
    }

    protected static Task RemoveAsync(ISecretStore store, string name, string? field, params string[] known) =>
        ((ISecretRemoval)store).RemoveAsync(At(store, name, field), [.. known.Select(value => new SecretValue(value))], Token);
}

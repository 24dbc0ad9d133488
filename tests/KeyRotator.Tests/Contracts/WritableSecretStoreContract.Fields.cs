using KeyRotator.Stores;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Contracts;

/// <summary>The part on fields of JSON secrets.</summary>
public abstract partial class WritableSecretStoreContract
{
    private const string Shared = "{ \"a\" : 1.50e+1,\n\t\"field\":\"old\" , \"ü\\u0041/\\/\":[ {}, null ],\"z\": \"keep\" }\r\n";

    [Fact]
    public async Task Write_FieldOfAbsentSecret_MakesAnObject()
    {
        var store = await EmptyAsync();

        await store.WriteAsync(Write(store, "alpha", null, "va\"lue", "field"), Token);

        (await ValueAsync(store, "alpha", "field")).ShouldBe("va\"lue");
        (await ValueAsync(store, "alpha")).ShouldBe(IsMapOfFields || !FieldsAreJson ? "va\"lue" : """{"field":"va\"lue"}""");
    }

    [Theory]
    [InlineData("new", "text")]
    [InlineData("gr\u00fc\u00dfe \ud83d\udd11 \\ \" \n", "what JSON escapes, and what it need not")]
    public async Task Write_Field_KeepsEveryOtherByte(string value, string reason)
    {
        Assert.SkipWhen(IsMapOfFields, "fields have no bytes between them there; that others are kept is the store's own test");
        var store = await WritableAsync("alpha", Shared);
        var whole = FieldsAreJson ? null : "z"; // where fields are the store's own, another one stands for every other byte
        var before = await store.ReadAsync(At(store, "alpha", whole), null, Token);

        await store.WriteAsync(Write(store, "alpha", before!.Version, value, "field"), Token);

        (await ValueAsync(store, "alpha", "field")).ShouldBe(value, reason);
        var (old, after) = (before.Value.Reveal(), (await ValueAsync(store, "alpha", whole))!);
        after.Split("\"field\":")[0].ShouldBe(old.Split("\"field\":")[0], reason);
        after.ShouldEndWith(old.Split("\"old\"")[^1], Case.Sensitive, reason);
    }

    [Theory]
    [MemberData(nameof(TextsWithoutFields))]
    public async Task Write_FieldOfWhatHasNone_ChangesNothing(string text, string reason)
    {
        Assert.SkipWhen(IsMapOfFields, "a field can be added to any map; fields that are no text are the store's own test");
        var store = await WritableAsync("alpha", text);
        var version = await VersionAsync(store, "alpha");

        var write = Write(store, "alpha", version, "new", "field");
        if (!FieldsAreJson)
        {
            await store.WriteAsync(write, Token);
            (await ValueAsync(store, "alpha", "field")).ShouldBe("new", reason);
            return;
        }

        await Should.ThrowAsync<SecretStoreException>(() => store.WriteAsync(write, Token), reason);

        (await ValueAsync(store, "alpha"), await VersionAsync(store, "alpha")).ShouldBe((text, version), reason);
    }

    [Fact]
    public async Task Write_SeveralFields_IsOneVersionOfAllOfThem()
    {
        var store = await WritableAsync("alpha", """{"x":"old","y":"old","z":"other"}""");
        var before = (await store.ReadAsync(At(store, "alpha", "x"), null, Token))?.Version;
        var write = Write(store, "alpha", before, "new", "x") with { MoreFields = ["y", "added"] };

        var version = await store.WriteAsync(write, Token);

        foreach (var field in new[] { "x", "y", "added" })
        {
            var read = await store.ReadAsync(At(store, "alpha", field), null, Token);
            (read?.Value.Reveal(), read?.Version).ShouldBe(("new", version), field);
        }

        (await ValueAsync(store, "alpha", "z")).ShouldBe("other");
        (await store.WriteAsync(write, Token)).ShouldBe(version, "a repeat is one write");
        (await store.WriteAsync(write with { ExpectedVersion = version, Token = Guid.NewGuid() }, Token))
            .ShouldBe(version, "all are equal");
    }

    // One field that is equal already must not hide another that is not.
    [Fact]
    public async Task Write_SeveralFieldsOneEqualAlready_WritesTheOther()
    {
        var store = await WritableAsync("alpha", """{"x":"new","y":"old"}""");
        var before = (await store.ReadAsync(At(store, "alpha", "x"), null, Token))?.Version;

        await store.WriteAsync(Write(store, "alpha", before, "new", "x") with { MoreFields = ["y"] }, Token);

        (await ValueAsync(store, "alpha", "y")).ShouldBe("new");
    }
}

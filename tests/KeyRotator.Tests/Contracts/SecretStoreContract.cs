using System.Text.Json;
using KeyRotator.Import;
using KeyRotator.Keys;
using KeyRotator.Secrets;
using KeyRotator.Stores;
using KeyRotator.Tests.Support;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Contracts;

/// <summary>What every store keeps when it is read. Names are such that every kind of store takes them.</summary>
public abstract class SecretStoreContract
{
    private static readonly CancellationToken s_cancelled = new(canceled: true);

    public static TheoryData<string, string> TextsWithoutFields => new()
    {
        { "plain", "no JSON" },
        { "", "nothing" },
        { "\"text\"", "a string" },
        { "[\"field\"]", "an array" },
        { "{\"field\":\"x\"", "cut short" },
        { "{\"field\":\"x\"} tail", "something behind" },
        { "{\"field\":\"x\",}", "a trailing comma" },
        { "{\"field\":1}", "a number" },
        { "{\"field\":null}", "null" },
        { "{\"field\":{\"field\":\"x\"}}", "an object" },
        { "{\"field\":[\"x\"]}", "an array of text" },
        { "{\"field\":\"x\",\"field\":\"x\"}", "there twice" },
        { "{\"field\":\"x\",\"f\\u0069eld\":\"x\"}", "there twice, spelled differently" },
        { "{\"field\":\"\\ud800\"}", "half of a surrogate pair" },
    };

    protected static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Whether a secret is a map of named texts and not one text, as in key-value engines. Then text that is no JSON object is the
    /// value of one field, so that any other field of it is absent instead of a fault; and an object has no bytes of its own to
    /// keep.</summary>
    protected virtual bool IsMapOfFields => false;

    /// <summary>Whether a listing tells versions: some stores would need a call for each secret.</summary>
    protected virtual bool ListsVersions => true;

    /// <summary>Whether a field is a member of a secret's JSON text. Else the store has fields of its own, and a text without fields has
    /// none rather than being wrong.</summary>
    protected virtual bool FieldsAreJson => true;

    /// <summary>A store that holds these secrets, whole texts by name.</summary>
    protected abstract Task<ISecretStore> CreateAsync(IReadOnlyDictionary<string, string> secrets);

    [Fact]
    public async Task Read_AbsentSecret_IsNull()
    {
        var store = await HoldingAsync("alpha", "value");

        (await store.ReadAsync(At(store, "beta"), null, Token)).ShouldBeNull();
        (await store.ReadAsync(At(store, "beta", "field"), null, Token)).ShouldBeNull();
    }

    [Fact]
    public async Task Read_AbsentField_IsNull()
    {
        var store = await HoldingAsync("alpha", """{"other":"value"}""");

        (await store.ReadAsync(At(store, "alpha", "field"), null, Token)).ShouldBeNull();
        (await store.ReadAsync(At(store, "alpha", "Other"), null, Token)).ShouldBeNull();
    }

    [Fact]
    public async Task Read_AbsentVersion_IsNull()
    {
        var store = await HoldingAsync("alpha", "value");

        (await store.ReadAsync(At(store, "alpha"), new SecretVersion("no-such-version"), Token)).ShouldBeNull();
    }

    [Theory]
    [InlineData("sk-proj-0123456789_-", "a key")]
    [InlineData(" key\r\n", "white space is a fault to report, not to repair")]
    [InlineData("grüße 🔑 \u0001", "beyond ASCII")]
    [InlineData("""{ "a" : 1.0 }""", "JSON is text where no field is asked for")]
    public async Task Read_WholeSecret_IsWhatWasWritten(string text, string reason)
    {
        Assert.SkipWhen(IsMapOfFields && IsObject(text), "an object is the secret's fields there, not a text");
        var store = await HoldingAsync("alpha", text);

        (await ValueAsync(store, "alpha")).ShouldBe(text, reason);
    }

    [Fact]
    public async Task Read_LargeSecret_IsWhole()
    {
        var store = await HoldingAsync("alpha", new string('k', 64 * 1024));

        (await ValueAsync(store, "alpha"))?.Length.ShouldBe(64 * 1024);
    }

    [Theory]
    [InlineData("""{"field":"value"}""", "value")]
    [InlineData("""{"other":{"field":"inner"},"field":"value"}""", "value")]
    [InlineData("""{"f\u0069eld":"v\u0061lue\n"}""", "value\n")]
    [InlineData("""{"field":""}""", "")]
    public async Task Read_Field_IsItsText(string json, string expected)
    {
        var store = await HoldingAsync("alpha", json);

        (await ValueAsync(store, "alpha", "field")).ShouldBe(expected);
    }

    [Theory]
    [MemberData(nameof(TextsWithoutFields))]
    public async Task Read_FieldOfWhatHasNone_Fails(string text, string reason)
    {
        var store = await HoldingAsync("alpha", text);
        if (!FieldsAreJson || (IsMapOfFields && !IsObject(text)))
        {
            (await ValueAsync(store, "alpha", "field")).ShouldBeNull(reason);
            return;
        }

        var failure = await Should.ThrowAsync<SecretStoreException>(() => ValueAsync(store, "alpha", "field"), reason);

        (failure.Store, failure.Operation, failure.IsTransient).ShouldBe((store.Name, "read", false), reason);
    }

    [Fact]
    public async Task Read_DeeplyNestedSecret_Fails()
    {
        var depth = 20_000;
        var store = await HoldingAsync("alpha", $$"""{"deep":{{new string('[', depth)}}{{new string(']', depth)}},"field":"x"}""");

        if (!FieldsAreJson)
        {
            (await ValueAsync(store, "alpha", "field")).ShouldBeNull();
            return;
        }

        await Should.ThrowAsync<SecretStoreException>(() => ValueAsync(store, "alpha", "field"));
    }

    [Fact]
    public async Task Read_Failing_NeverShowsTheValue()
    {
        Assert.SkipUnless(
            FieldsAreJson, "a text without fields fails no read there; what the network does to one is tried with canaries too");
        var canary = new Canary();
        string[] texts =
            ["*", "[\"*\"]", """{"field":["*"]}""", """{"field":"*"x}""", """{"*":1,"field":2}""", """{"field":"*","field":""}"""];
        foreach (var text in texts.Where(text => !IsMapOfFields || IsObject(text)))
        {
            var store = await HoldingAsync("alpha", text.Replace("*", canary.Text, StringComparison.Ordinal));

            var failure = await Should.ThrowAsync<SecretStoreException>(() => ValueAsync(store, "alpha", "field"));

            canary.ShouldBeAbsentFrom(failure.ToString());
        }
    }

    [Fact]
    public async Task ReadMany_AnyLocations_AnswersAsSingleReadsDo()
    {
        var store = await CreateAsync(new Dictionary<string, string> { ["alpha"] = "a", ["beta"] = """{"field":"b"}""", ["gamma"] = "c" });
        SecretLocation[] locations =
            [At(store, "beta", "field"), At(store, "gamma", "field"), At(store, "alpha"), At(store, "delta"), At(store, "alpha")];

        var readings = await ((IBatchSecretReader)store).ReadManyAsync(locations, Token);

        readings.Select(reading => reading.Location).ShouldBe(locations);
        readings.Select(reading => reading.Secret?.Value.Reveal()).ShouldBe(["b", null, "a", null, "a"]);
        readings.Select(reading => reading.Failure is null).ShouldBe([true, IsMapOfFields || !FieldsAreJson, true, true, true]);
        readings[2].Secret?.Version.ShouldBe((await store.ReadAsync(locations[2], null, Token))?.Version);
    }

    [Fact]
    public async Task Import_AnyStore_FindsKeysInSecretsAndInTheirFields()
    {
        var canary = new Canary();
        var json = $$"""{"MISTRAL_API_KEY":"{{canary.Text}}","other":"hello"}""";
        var store = await CreateAsync(new Dictionary<string, string> { ["alpha"] = json, ["beta"] = "hello" });

        var found = await StoreImport.FindAsync((ISecretListing)store, "", new Fingerprinter(new byte[Fingerprinter.SaltLength]), Token);

        found.Failures.ShouldBeEmpty();
        found.Keys.Select(key => (key.Location.Name, key.Location.Field, key.Provider.Kind))
            .ShouldBe([("alpha", "MISTRAL_API_KEY", "mistral")]);
    }

    [Fact]
    public async Task List_Prefix_NamesSecretsAndTheirCurrentVersions()
    {
        var store = await CreateAsync(new Dictionary<string, string> { ["prefixone"] = "1", ["prefixtwo"] = "2", ["other"] = "3" });

        var listed = await ((ISecretListing)store).ListAsync("prefix", Token).ToListAsync(Token);

        listed.Select(secret => secret.Name).ShouldBe(["prefixone", "prefixtwo"]);
        var current = (await store.ReadAsync(At(store, "prefixone"), null, Token))?.Version;
        listed[0].Version.ShouldBe(ListsVersions ? current : null);
    }

    [Fact]
    public async Task Test_WorkingStore_PassesWithoutShowingValues()
    {
        var canary = new Canary();
        var store = await HoldingAsync("alpha", canary.Text);

        var steps = await ((IStoreSelfTest)store).TestAsync([], Token);

        steps.ShouldNotBeEmpty();
        steps.ShouldAllBe(step => step.Passed);
        canary.ShouldBeAbsentFrom(JsonSerializer.Serialize(steps));
    }

    [Fact]
    public async Task Calls_Cancelled_SaySo()
    {
        var store = await HoldingAsync("alpha", "value");
        Func<Task>[] calls =
        [
            () => store.ReadAsync(At(store, "alpha"), null, s_cancelled),
            () => ((IBatchSecretReader)store).ReadManyAsync([At(store, "alpha")], s_cancelled),
            async () => await ((ISecretListing)store).ListAsync("", s_cancelled).ToListAsync(Token),
            () => ((IStoreSelfTest)store).TestAsync([], s_cancelled),
        ];

        foreach (var call in calls)
        {
            await Should.ThrowAsync<OperationCanceledException>(call);
        }
    }

    protected static SecretLocation At(ISecretStore store, string name, string? field = null) =>
        new() { Store = store.Name, Name = name, Field = field };

    protected static async Task<string?> ValueAsync(ISecretStore store, string name, string? field = null) =>
        (await store.ReadAsync(At(store, name, field), null, Token))?.Value.Reveal();

    protected Task<ISecretStore> HoldingAsync(string name, string text) => CreateAsync(new Dictionary<string, string> { [name] = text });

    /// <summary>Whether a text is a JSON object.</summary>
    protected static bool IsObject(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = 100_000 });
            return document.RootElement.ValueKind is JsonValueKind.Object;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}

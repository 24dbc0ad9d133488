using KeyRotator.Configuration;
using KeyRotator.Keys;
using KeyRotator.Secrets;
using KeyRotator.Stores;
using KeyRotator.Tests.Support;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Stores;

/// <summary>What is Vault's own: fields, versions, metadata, folders, mounts, refusals.</summary>
public sealed class VaultEngineTests : IAsyncDisposable
{
    private readonly VaultFake _fake = new();
    private VaultStore? _store;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        _store?.Dispose();
        await _fake.DisposeAsync();
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    public async Task Write_Field_KeepsTheOthers(bool knowsPatch, bool mayTag)
    {
        var store = await StartAsync("a", """{"count": 1.50e+1, "key": "old", "other": "ü\u0041", "list": [{}, null]}""");
        (_fake.KnowsPatch, _fake.MayTag) = (knowsPatch, mayTag);

        (await store.WriteAsync(Write("a", "new", "1", "key"), Token)).ShouldBe(new SecretVersion("2"));

        var fields = _fake.Secrets["a"].Latest.Fields;
        string[] parts = ["1.50e+1", "\"ü\\u0041\"", "[{}, null]", "\"new\""];
        parts.ShouldAllBe(part => fields.Contains(part));
        (await ValueAsync("a", "key")).ShouldBe("new");
    }

    [Theory]
    [InlineData("""{"field":1}""")]
    [InlineData("""{"field":null}""")]
    [InlineData("""{"field":{"field":"x"}}""")]
    [InlineData("""{"field":"x","field":"x"}""")]
    [InlineData("""{"field":"\ud800"}""")]
    public async Task Write_FieldThatIsNoText_ChangesNothing(string fields)
    {
        var store = await StartAsync("a", fields);

        await Should.ThrowAsync<SecretStoreException>(() => store.WriteAsync(Write("a", "new", "1", "field"), Token));

        (_fake.Secrets["a"].Current, _fake.Secrets["a"].Latest.Fields).ShouldBe((1, fields));
    }

    [Fact]
    public async Task Read_WholeSecretOfManyFields_SaysHowManyAndNoNames()
    {
        await StartAsync("a", """{"alpha-field":"1","beta-field":"2"}""");

        var failure = await Should.ThrowAsync<SecretStoreException>(() => ValueAsync("a"));

        failure.Advice.ShouldContain("2 fields");
        failure.ToString().ShouldNotContain("alpha-field");
    }

    [Fact]
    public async Task Write_WholeSecret_KeepsTheNameOfItsOnlyField()
    {
        var store = await StartAsync("a", """{"api_key":"old"}""");

        await store.WriteAsync(Write("a", "new", "1"), Token);
        await store.WriteAsync(Write("b", "new", null), Token);

        _fake.Secrets["a"].Latest.Fields.ShouldBe("""{"api_key":"new"}""");
        _fake.Secrets["b"].Latest.Fields.ShouldBe("""{"value":"new"}""");
    }

    [Fact]
    public async Task Read_DeletedDestroyedAbsent_AreToldApart()
    {
        await StartAsync("a", "one");
        _fake.Add("a", "two");
        _fake.Secrets["a"].Latest.DeletedAt = "2026-02-02T00:00:00Z";

        (await Should.ThrowAsync<SecretStoreException>(() => ValueAsync("a"))).Advice.ShouldContain(
            "vault kv undelete -mount=secret -versions=2 a");
        _fake.Secrets["a"].Latest.IsDestroyed = true;
        (await Should.ThrowAsync<SecretStoreException>(() => ValueAsync("a"))).Advice.ShouldContain("destroyed");
        (await _store!.ReadAsync(At("a"), new SecretVersion("2"), Token)).ShouldBeNull();
        (await _store.ReadAsync(At("a"), new SecretVersion("1"), Token)).ShouldNotBeNull().Value.Reveal().ShouldBe("one");
        (await ValueAsync("b")).ShouldBeNull();
    }

    [Fact]
    public async Task Write_AnswerLostAfterALaterWrite_IsKnownByItsToken()
    {
        var store = await StartAsync("a", "old");
        var write = Write("a", "new", "1");
        await store.WriteAsync(write, Token);
        _fake.Add("a", "theirs");

        (await store.WriteAsync(write, Token)).ShouldBe(new SecretVersion("2"));

        _fake.Secrets["a"].Custom.Values.ShouldAllBe(text => text.Length <= 512);
        (await ValueAsync("a")).ShouldBe("theirs");
    }

    [Fact]
    public async Task Write_ManyTokens_FitTheEntry()
    {
        var store = await StartAsync("a", "0");
        for (var number = 1; number < 40; number++)
        {
            await store.WriteAsync(Write("a", $"{number}", $"{number}"), Token);
        }

        (await ValueAsync("a")).ShouldBe("39");
        _fake.Secrets["a"].Custom.Values.Single().Length.ShouldBeLessThanOrEqualTo(512);
    }

    [Fact]
    public async Task Describe_Secret_TellsWithoutItsValue()
    {
        var store = await StartAsync("a", "one");
        _fake.Add("a", "two");
        _fake.Secrets["a"].Custom["owner"] = "ops";
        await store.WriteAsync(Write("a", "three", "2"), Token);

        var described = await store.DescribeAsync(At("a"), Token);

        described.ShouldNotBeNull();
        (described.Current, described.WrittenAt?.Year, described.WriteRefusal).ShouldBe((new SecretVersion("3"), 2026, null));
        described.Tags.Keys.ShouldBe(["owner"]);
        _fake.Requests[^1].Path.ShouldBe("/v1/secret/metadata/a");
        (await store.DescribeAsync(At("b"), Token)).ShouldBeNull();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Tag_SomeTags_LeavesTheOthers(bool knowsPatch)
    {
        var store = await StartAsync("a", "one");
        _fake.KnowsPatch = knowsPatch;
        (_fake.Secrets["a"].Custom["keep"], _fake.Secrets["a"].Custom["drop"]) = ("1", "2");

        await store.TagAsync(At("a"), new Dictionary<string, string?> { ["new"] = "3", ["drop"] = null }, Token);

        _fake.Secrets["a"].Custom.ShouldBe([new("keep", "1"), new("new", "3")], ignoreOrder: true);
        await Should.ThrowAsync<SecretStoreException>(
            () => store.TagAsync(At("b"), new Dictionary<string, string?> { ["new"] = "3" }, Token));
    }

    [Fact]
    public async Task Purge_EarlierVersion_IsGoneAndTheCurrentOneRefused()
    {
        var store = await StartAsync("a", "one");
        _fake.Add("a", "two");

        await store.PurgeAsync(At("a"), new SecretVersion("1"), Token);
        await store.PurgeAsync(At("a"), new SecretVersion("1"), Token);
        await store.PurgeAsync(At("a"), new SecretVersion("7"), Token);
        await Should.ThrowAsync<SecretConflictException>(() => store.PurgeAsync(At("a"), new SecretVersion("2"), Token));

        (await store.ReadAsync(At("a"), new SecretVersion("1"), Token)).ShouldBeNull();
        (await ValueAsync("a")).ShouldBe("two");
    }

    [Theory]
    [InlineData("llm/mistral")]
    [InlineData("a.b/c d/ü%2F?#&+")]
    [InlineData("...")]
    public async Task Read_OddNames_AreEscaped(string name)
    {
        await StartAsync(name, "value");

        (await ValueAsync(name)).ShouldBe("value");
        (await _store!.ListAsync("", Token).ToListAsync(Token)).Select(secret => secret.Name).ShouldBe([name]);
    }

    [Theory]
    [InlineData("llm/")]
    [InlineData("/llm")]
    [InlineData("llm//mistral")]
    [InlineData("llm/../sys")]
    [InlineData(".")]
    [InlineData("llm/\n")]
    public async Task Read_NamesThatAreNoPath_AreRefused(string name)
    {
        await StartAsync("llm/mistral", "value");

        (await Should.ThrowAsync<SecretStoreException>(() => ValueAsync(name))).IsTransient.ShouldBeFalse();
        _fake.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task Read_Folder_SaysSo()
    {
        await StartAsync("llm/mistral", "value");

        (await Should.ThrowAsync<SecretStoreException>(() => ValueAsync("llm"))).Advice.ShouldContain("folder");
    }

    [Fact]
    public async Task List_Folders_AreWalked()
    {
        var store = await StartAsync("llm/eu/mistral", "value");
        _fake.Add("llm/openai", "value");
        _fake.Add("other", "value");

        (await store.ListAsync("llm/", Token).ToListAsync(Token)).Select(secret => secret.Name).ShouldBe(["llm/openai", "llm/eu/mistral"]);
        (await store.ListAsync("llm/e", Token).ToListAsync(Token)).Select(secret => secret.Name).ShouldBe(["llm/eu/mistral"]);
        (await store.ListAsync("absent/", Token).ToListAsync(Token)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Names_WithoutConfiguredMount_BeginWithIt()
    {
        var store = await StartAsync("llm/mistral", "value", options => options with { Mount = null });

        (await ValueAsync("secret/llm/mistral")).ShouldBe("value");
        (await ValueAsync("secret/llm/none")).ShouldBeNull();
        (await store.ListAsync("", Token).ToListAsync(Token)).Select(secret => secret.Name).ShouldBe(["secret/llm/mistral"]);
        (await store.ListAsync("secret/ll", Token).ToListAsync(Token)).Count.ShouldBe(1);
        _fake.Requests.Count(request => request.Path.StartsWith("/v1/sys/internal/ui/mounts/", StringComparison.Ordinal)).ShouldBe(1);
    }

    [Theory]
    [InlineData("other/a", "no engine is to be seen")]
    [InlineData("cubbyhole/a", "no key-value engine")]
    [InlineData("secret", "add the secret's path")]
    public async Task Read_WrongMount_SaysWhatToCheck(string name, string advice)
    {
        await StartAsync("a", "value", options => options with { Mount = null });

        (await Should.ThrowAsync<SecretStoreException>(() => ValueAsync(name))).Advice.ShouldContain(advice);
    }

    [Theory]
    [InlineData(1, 2)]
    [InlineData(2, 1)]
    public async Task Read_WrongEngineVersion_SaysSo(int actual, int configured)
    {
        _fake.EngineVersion = actual;
        await StartAsync("a", "value", options => options with { EngineVersion = configured });

        (await Should.ThrowAsync<SecretStoreException>(() => ValueAsync("a"))).Advice.ShouldContain(
            $"`engineVersion: {configured}` is configured");
    }

    [Theory]
    [InlineData("""{"errors":["no handler for route \"sys/internal\""]}""", "`namespace`")]
    [InlineData("""{"errors":["Vault is sealed"]}""", "unsealed")]
    public async Task Read_NoEngineToBeFound_IsNotTakenForAnOldServer(string body, string advice)
    {
        await StartAsync("a", "value");
        _fake.Instead = request => request.Path.Contains("/mounts/", StringComparison.Ordinal) ? new FakeAnswer(404, body) : null;

        (await Should.ThrowAsync<SecretStoreException>(() => ValueAsync("a"))).Advice.ShouldContain(advice);
    }

    [Fact]
    public async Task Read_ServerTooOldToTellMounts_IsVersionOne()
    {
        _fake.EngineVersion = 1;
        await StartAsync("a", "value");
        _fake.Instead = request =>
            request.Path.Contains("/mounts/", StringComparison.Ordinal) ? new FakeAnswer(404, """{"errors":[]}""") : null;

        (await ValueAsync("a")).ShouldBe("value");
    }

    [Fact]
    public async Task ReadMany_FieldsOfOneSecret_AreOneCall()
    {
        var store = await StartAsync("a", """{"x":"1","y":"2"}""");
        await ValueAsync("a", "x");
        var before = _fake.Requests.Count;

        var readings = await store.ReadManyAsync([At("a", "x"), At("a", "y"), At("a"), At("a", "z")], Token);

        readings.Select(reading => reading.Secret?.Value.Reveal()).ShouldBe(["1", "2", null, null]);
        (readings[2].Failure is null, _fake.Requests.Count - before).ShouldBe((false, 1));
    }

    [Fact]
    public async Task Denied_SecretInAFolder_GivesTheStanza()
    {
        var store = await StartAsync("llm/mistral", "value");
        (_fake.MayRead, _fake.MayWrite, _fake.MayTag) = (false, false, false);

        var failure = await Should.ThrowAsync<SecretStoreException>(() => ValueAsync("llm/mistral"));

        failure.MissingPermission.ShouldBe("path \"secret/data/llm/*\" { capabilities = [\"read\"] }");
        (await store.TestAsync([], Token)).Single(step => !step.Passed).Message.ShouldContain("secret/data/llm/*");
    }

    [Fact]
    public async Task Write_MetadataDenied_IsStillMade()
    {
        var store = await StartAsync("a", "old");
        _fake.MayTag = false;

        (await store.WriteAsync(Write("a", "new", "1"), Token)).ShouldBe(new SecretVersion("2"));

        (await store.TestAsync([], Token))[^1].Message.ShouldContain("path \"secret/metadata/a\"");
    }

    [Fact]
    public async Task Test_EachStateOfTheServer_HasItsSentence()
    {
        var store = await StartAsync("a", "value", options => options with { Namespace = "team1" });
        (await store.TestAsync([], Token)).Select(step => step.Passed).ShouldBe([true, true, true, true, true]);

        _fake.Namespace = "team2";
        (await store.TestAsync([], Token))[^1].Message.ShouldContain("`namespace`");
        _fake.Namespace = "team1";
        (await store.TestAsync([], Token)).ShouldAllBe(step => step.Passed);
        _fake.IsSealed = true;
        ((await store.TestAsync([], Token)).Single() with { Took = null })
            .ShouldBe(new("reach the server", false, "the server is sealed: unseal it"));
        (_fake.IsSealed, _fake.IsInitialised) = (false, false);
        (await store.TestAsync([], Token)).Single().Message.ShouldContain("not initialised");
    }

    [Theory]
    [InlineData(400, "Upgrading from non-versioned to versioned data.", true, "upgraded")]
    [InlineData(400, "something", false, "malformed")]
    [InlineData(404, "no handler for route", false, "mounted")]
    [InlineData(405, "unsupported operation", false, "engineVersion")]
    [InlineData(412, "", true, "latest state")]
    [InlineData(413, "", false, "larger")]
    [InlineData(472, "", true, "standby")]
    [InlineData(473, "", true, "standby")]
    [InlineData(502, "", true, "502")]
    [InlineData(418, "", false, "418")]
    public async Task Read_Refusals_AreToldApart(int status, string text, bool isTransient, string advice)
    {
        await StartAsync("a", "value", options => options with { EngineVersion = 2 }, new SkippingClock());
        _fake.Instead = _ => new FakeAnswer(status, $$"""{"errors":["{{text}} canary"]}""");

        var failure = await Should.ThrowAsync<SecretStoreException>(() => ValueAsync("a"));

        (failure.IsTransient, failure.Advice.Contains("canary")).ShouldBe((isTransient, false));
        failure.Advice.ShouldContain(advice);
    }

    private async Task<VaultStore> StartAsync(
        string name, string text, Func<VaultStoreOptions, VaultStoreOptions>? change = null, TimeProvider? time = null)
    {
        _fake.Add(name, text);
        await _fake.StartAsync(Token);
        return _store = VaultStores.Connect(_fake, time ?? TimeProvider.System, change);
    }

    private async Task<string?> ValueAsync(string name, string? field = null) =>
        (await _store!.ReadAsync(At(name, field), null, Token))?.Value.Reveal();

    private static SecretLocation At(string name, string? field = null) => new() { Store = "vault", Name = name, Field = field };

    private static SecretWrite Write(string name, string value, string? expected, string? field = null) =>
        new(At(name, field), new SecretValue(value), expected is null ? null : new SecretVersion(expected), Guid.NewGuid());

    /// <summary>Waits of a repeat pass at once; time limits do not.</summary>
    private sealed class SkippingClock : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            base.CreateTimer(callback, state, dueTime < TimeSpan.FromSeconds(10) ? TimeSpan.Zero : dueTime, period);
    }
}

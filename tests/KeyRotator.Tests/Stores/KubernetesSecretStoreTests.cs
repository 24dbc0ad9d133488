using System.Text.Json;
using System.Text.Json.Nodes;
using KeyRotator.Configuration;
using KeyRotator.Stores;
using KeyRotator.Stores.Remote;
using KeyRotator.Tests.Contracts;
using KeyRotator.Tests.Support;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Stores;

public sealed partial class KubernetesSecretStoreTests : RemoteSecretStoreContract
{
    private readonly TempFolder _folder = new();

    protected override bool FieldsAreJson => false;

    protected override string ReadPermission => "get secrets in namespace team";

    private protected override StoreRequests RotationCalls => new(Reads: 5, Lists: 0, Writes: 2);

    protected override string WritePermission => "patch secrets in namespace team";

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Read_WholeOfSeveralKeys_FailsWithTheirNumberAlone()
    {
        var (store, fake) = await StartedAsync("alpha", "one");
        fake.Put("alpha", new Dictionary<string, string> { ["first"] = "1", ["second"] = "2" });

        var failure = await Should.ThrowAsync<SecretStoreException>(() => ValueAsync(store, "alpha"));

        failure.Advice.ShouldContain("2 keys");
        failure.ToString().ShouldNotContain("first");
    }

    [Fact]
    public async Task Read_NoKeys_IsAbsent()
    {
        var (store, fake) = await StartedAsync("alpha", "one");
        fake.Put("alpha", new Dictionary<string, string>());
        (await ValueAsync(store, "alpha")).ShouldBeNull();

        fake.Change("alpha", secret => secret.Remove("data"));
        (await ValueAsync(store, "alpha")).ShouldBeNull();
    }

    [Fact]
    public async Task Read_BytesThatAreNoText_Fail()
    {
        var (store, fake) = await StartedAsync("alpha", "one");
        fake.Change("alpha", secret => secret["data"] = new JsonObject { ["value"] = "/w==" });

        (await Should.ThrowAsync<SecretStoreException>(() => ValueAsync(store, "alpha"))).Advice.ShouldContain("UTF-8");
    }

    [Theory]
    [InlineData("""{"value":"no base64!"}""")]
    [InlineData("""{"value":5}""")]
    [InlineData("""["value"]""")]
    [InlineData("\"value\"")]
    public async Task Read_DataOfAnotherShape_Fails(string data)
    {
        var (store, fake) = await StartedAsync("alpha", "one");
        fake.Change("alpha", secret => secret["data"] = JsonNode.Parse(data));

        (await Should.ThrowAsync<SecretStoreException>(() => ValueAsync(store, "alpha"))).IsTransient.ShouldBeFalse();
    }

    [Fact]
    public async Task Read_OtherNamespace_IsNamedBeforeASlash()
    {
        var (store, fake) = await StartedAsync("alpha", "mine");
        fake.Put("alpha", new Dictionary<string, string> { ["k.e_y-1"] = "theirs" }, "other");

        (await ValueAsync(store, "other/alpha", "k.e_y-1")).ShouldBe("theirs");
        (await ValueAsync(store, "alpha")).ShouldBe("mine");
        (await ((ISecretListing)store).ListAsync("other/al", Token).ToListAsync(Token)).Select(secret => secret.Name)
            .ShouldBe(["other/alpha"]);
    }

    [Theory]
    [InlineData("Alpha", null)]
    [InlineData("", null)]
    [InlineData("-alpha", null)]
    [InlineData("alpha.", null)]
    [InlineData("a..b", null)]
    [InlineData("a/b/c", null)]
    [InlineData("a.b/c", null)]
    [InlineData("../alpha", null)]
    [InlineData("/alpha", null)]
    [InlineData("alpha?x", null)]
    [InlineData("älpha", null)]
    [InlineData("alpha\n", null)]
    [InlineData("alpha", "")]
    [InlineData("alpha", "..")]
    [InlineData("alpha", "a/b")]
    [InlineData("alpha", "ä")]
    public async Task Calls_ImpossibleNames_FailBeforeAnyCall(string name, string? field)
    {
        var (store, fake) = await StartedAsync("alpha", "value");

        var failure = await Should.ThrowAsync<SecretStoreException>(() => ValueAsync(store, name, field));
        await Should.ThrowAsync<SecretStoreException>(() => store.WriteAsync(Write(store, name, null, "x", field), Token));

        failure.IsTransient.ShouldBeFalse();
        fake.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task Write_Field_LeavesEverythingElse()
    {
        var (store, fake) = await StartedAsync("alpha", "value");
        fake.Put("alpha", new Dictionary<string, string> { ["ours"] = "old", ["theirs"] = "kept" });
        fake.Change("alpha", secret => secret["metadata"]!["labels"] = new JsonObject { ["app"] = "x" });
        var version = (await store.ReadAsync(At(store, "alpha", "ours"), null, Token))!.Version;

        await store.WriteAsync(Write(store, "alpha", version, "new", "ours"), Token);

        (fake.TextOf("alpha", "ours"), fake.TextOf("alpha", "theirs")).ShouldBe(("new", "kept"));
        fake.Find("alpha")!["metadata"]!["labels"]!["app"]!.GetValue<string>().ShouldBe("x");
    }

    [Fact]
    public async Task Write_AbsentField_IsAddedToTheVersionThatIsThere()
    {
        var (store, fake) = await StartedAsync("alpha", "value");

        await store.WriteAsync(Write(store, "alpha", await VersionAsync(store, "alpha"), "new", "added"), Token);

        (fake.TextOf("alpha", "value"), fake.TextOf("alpha", "added")).ShouldBe(("value", "new"));
    }

    [Fact]
    public async Task Write_NewSecret_IsOpaqueWithTheFieldOrTheKeyValue()
    {
        var (store, fake) = await StartedAsync("alpha", "value");

        await store.WriteAsync(Write(store, "beta", null, "1"), Token);
        await store.WriteAsync(Write(store, "gamma", null, "2", "api-key"), Token);

        (fake.TextOf("beta", "value"), fake.TextOf("gamma", "api-key")).ShouldBe(("1", "2"));
        fake.Find("beta")!["type"]!.GetValue<string>().ShouldBe("Opaque");
    }

    [Fact]
    public async Task Write_MetadataChangedMeanwhile_IsAConflict()
    {
        var (store, fake) = await StartedAsync("alpha", "old");
        var version = await VersionAsync(store, "alpha");
        fake.Change("alpha", secret => secret["metadata"]!["labels"] = new JsonObject { ["app"] = "x" });

        await Should.ThrowAsync<SecretConflictException>(() => store.WriteAsync(Write(store, "alpha", version, "new"), Token));
    }

    [Fact]
    public async Task Write_SomebodyWroteTheSameMeanwhile_IsDone()
    {
        var (store, fake) = await StartedAsync("alpha", "old");
        var version = await VersionAsync(store, "alpha");
        fake.Before = request =>
        {
            if (request.Method == "PATCH")
            {
                fake.Put("alpha", new Dictionary<string, string> { ["value"] = "new" });
            }
        };

        (await store.WriteAsync(Write(store, "alpha", version, "new"), Token)).ShouldBe(await VersionAsync(store, "alpha"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Write_SecretMadeOrRemovedMeanwhile_IsAConflict(bool isMade)
    {
        var (store, fake) = await StartedAsync("alpha", "old");
        var write = Write(store, isMade ? "beta" : "alpha", isMade ? null : await VersionAsync(store, "alpha"), "new");
        fake.Before = request =>
        {
            if (request.Method == "POST")
            {
                fake.Put("beta", new Dictionary<string, string> { ["value"] = "theirs" });
            }
            else if (request.Method == "PATCH")
            {
                fake.Remove("alpha");
            }
        };

        await Should.ThrowAsync<SecretConflictException>(() => store.WriteAsync(write, Token));

        (fake.TextOf("beta", "value"), fake.TextOf("alpha", "value")).ShouldBe(isMade ? ("theirs", "old") : (null, null));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Write_Immutable_IsToldFromAnAbsentKey(bool isFoundOutByTheServer)
    {
        var (store, fake) = await StartedAsync("alpha", "old");
        var version = await VersionAsync(store, "alpha");
        void Freeze(FakeRequest? request)
        {
            if (request?.Method is null or "PATCH")
            {
                fake.Find("alpha")!["immutable"] = true; // the version stays: as if the first read had not shown it
            }
        }

        fake.Before = isFoundOutByTheServer ? Freeze : null;
        if (!isFoundOutByTheServer)
        {
            Freeze(null);
        }

        var failure = await Should.ThrowAsync<SecretStoreException>(() => store.WriteAsync(Write(store, "alpha", version, "new"), Token));

        (failure.IsTransient, failure.Advice.Contains("immutable")).ShouldBe((false, true));
        (await ValueAsync(store, "alpha", "absent")).ShouldBeNull();
        fake.TextOf("alpha", "value").ShouldBe("old");
    }

    [Fact]
    public async Task Write_OwnedByAController_IsRefusedAndDescribedSo()
    {
        var (store, fake) = await StartedAsync("alpha", "old");
        fake.Change("alpha", secret => secret["metadata"]!["ownerReferences"] = JsonNode.Parse("""[{"kind":"ExternalSecret","controller":true}]"""));
        var version = await VersionAsync(store, "alpha");

        await Should.ThrowAsync<SecretStoreException>(() => store.WriteAsync(Write(store, "alpha", version, "new"), Token));

        (await store.DescribeAsync(At(store, "alpha"), Token))!.WriteRefusal.ShouldNotBeNull().ShouldContain("controller");
        fake.TextOf("alpha", "value").ShouldBe("old");
    }

    [Fact]
    public async Task Write_TwentySince_IsStillKnown()
    {
        var (store, fake) = await StartedAsync("alpha", "0");
        var first = Write(store, "alpha", await VersionAsync(store, "alpha"), "first");
        var version = await store.WriteAsync(first, Token);
        var last = version;
        for (var i = 0; i < 20; i++)
        {
            last = await store.WriteAsync(Write(store, "alpha", last, $"{i}"), Token);
        }

        (await store.WriteAsync(first, Token)).ShouldBe(version);
        fake.TextOf("alpha", "value").ShouldBe("19");
    }

    [Fact]
    public async Task Write_TogetherTooLarge_IsRefusedBeforeItIsSent()
    {
        var (store, fake) = await StartedAsync("alpha", new string('k', 600 * 1024));
        var version = await VersionAsync(store, "alpha");

        await Should.ThrowAsync<SecretStoreException>(
            () => store.WriteAsync(Write(store, "alpha", version, new string('k', 600 * 1024), "second"), Token));

        fake.Requests.ShouldAllBe(request => request.Method == "GET");
    }

    [Fact]
    public async Task Write_AbsentNamespace_SaysSo()
    {
        var (store, _) = await StartedAsync("alpha", "old");

        (await Should.ThrowAsync<SecretStoreException>(() => store.WriteAsync(Write(store, "gone/alpha", null, "new"), Token)))
            .Advice.ShouldContain("namespace gone");
    }

    [Fact]
    public async Task Write_CreateDenied_NamesThePermission()
    {
        var (store, fake) = await StartedAsync("alpha", "old");
        fake.Denied.Add("create");

        (await Should.ThrowAsync<SecretStoreException>(() => store.WriteAsync(Write(store, "beta", null, "new"), Token)))
            .MissingPermission.ShouldBe("create secrets in namespace team");
    }

    [Fact]
    public async Task Calls_All_SendNoSecretInTheAddress()
    {
        var canary = new Canary();
        var (store, fake) = await StartedAsync("alpha", "old");
        await store.WriteAsync(Write(store, "alpha", await VersionAsync(store, "alpha"), canary.Text), Token);
        await store.WriteAsync(Write(store, "beta", null, canary.Text), Token);

        fake.Requests.ToList().ForEach(request => canary.ShouldBeAbsentFrom(request.Path + request.Query));
        fake.Requests.ShouldAllBe(request => !request.Path.Contains(KubernetesFake.Token) && !request.Query.Contains(KubernetesFake.Token));
    }

    [Fact]
    public async Task List_ManyPages_AsksForNoValue()
    {
        var secrets = Enumerable.Range(0, 250).ToDictionary(index => $"key-{index:000}", index => $"value {index}");
        var store = (KubernetesSecretStore)await CreateAsync(secrets);

        var listed = await store.ListAsync("", Token).ToListAsync(Token);

        listed.Select(secret => secret.Name).ShouldBe(secrets.Keys);
    }

    [Fact]
    public async Task Describe_Tagged_TellsLabelsAndOurTagsOnly()
    {
        var (store, fake) = await StartedAsync("alpha", "value");
        fake.Change("alpha", secret =>
        {
            secret["metadata"]!["labels"] = new JsonObject { ["app"] = "shop", ["owner"] = "label" };
            secret["metadata"]!["annotations"] = new JsonObject { ["kubectl.kubernetes.io/last-applied-configuration"] = "{\"data\":{}}" };
        });
        await store.TagAsync(At(store, "alpha"), new Dictionary<string, string?> { ["owner"] = "team-a", ["gone"] = "x" }, Token);
        await store.TagAsync(At(store, "alpha"), new Dictionary<string, string?> { ["gone"] = null }, Token);

        var described = await store.DescribeAsync(At(store, "alpha"), Token);

        described!.Tags.ShouldBe(new Dictionary<string, string> { ["owner"] = "team-a", ["app"] = "shop" }, ignoreOrder: true);
        (described.Current, described.WrittenBy).ShouldBe((await VersionAsync(store, "alpha"), "keyrotator"));
        described.WrittenAt.ShouldBe(new DateTimeOffset(2026, 11, 21, 9, 30, 0, TimeSpan.Zero));
        fake.TextOf("alpha", "value").ShouldBe("value");
        fake.Requests.Where(request => request.Method == "PATCH").ShouldAllBe(request => !request.Text.Contains("\"data\""));
        (await store.DescribeAsync(At(store, "beta"), Token)).ShouldBeNull();
    }

    [Theory]
    [InlineData("token")]
    [InlineData("earlier")]
    [InlineData("a/b")]
    [InlineData("")]
    public async Task Tag_ImpossibleName_IsRefused(string tag)
    {
        var (store, _) = await StartedAsync("alpha", "value");

        await Should.ThrowAsync<SecretStoreException>(
            () => store.TagAsync(At(store, "alpha"), new Dictionary<string, string?> { [tag] = "x" }, Token));
    }

    [Fact]
    public async Task Tag_AbsentSecret_Fails()
    {
        var (store, fake) = await StartedAsync("alpha", "value");

        await Should.ThrowAsync<SecretStoreException>(
            () => store.TagAsync(At(store, "beta"), new Dictionary<string, string?> { ["a"] = "x" }, Token));

        fake.Find("beta").ShouldBeNull();
    }

    [Fact]
    public async Task ReadMany_FieldsOfOneSecret_AreOneCall()
    {
        var (store, fake) = await StartedAsync("alpha", "value");
        fake.Put("alpha", new Dictionary<string, string> { ["a"] = "1", ["b"] = "2" });

        var readings = await store.ReadManyAsync(
            [At(store, "alpha", "a"), At(store, "alpha", "b"), At(store, "alpha"), At(store, "alpha", "ä"), At(store, "alpha", "c")], Token);

        readings.Select(reading => reading.Secret?.Value.Reveal()).ShouldBe(["1", "2", null, null, null]);
        readings.Select(reading => reading.Failure is null).ShouldBe([true, true, false, false, true]);
        fake.Requests.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Calls_TokenExpired_SaySo()
    {
        var (store, fake) = await StartedAsync("alpha", "value");
        fake.Tokens.Clear();
        fake.Date = "Sat, 21 Nov 2026 10:00:10 GMT"; // the client's clock stands at 10:00

        var failure = await Should.ThrowAsync<SecretStoreException>(() => ValueAsync(store, "alpha"));

        (failure.IsTransient, failure.MissingPermission).ShouldBe((false, null));
        failure.Advice.ShouldContain("expired");
    }

    [Fact]
    public async Task Calls_ClocksDiffer_SaySo()
    {
        var (store, fake) = await StartedAsync("alpha", "value");
        fake.Tokens.Clear();
        fake.Date = "Sat, 21 Nov 2026 10:10:00 GMT";

        (await Should.ThrowAsync<SecretStoreException>(() => ValueAsync(store, "alpha"))).Advice.ShouldContain("clocks differ by 10 min");
    }

    [Fact]
    public async Task Test_RightsMissing_NamesThem()
    {
        var (store, fake) = await StartedAsync("alpha", "value");
        fake.Denied.UnionWith(["list", "patch"]);
        fake.TellsWho = false;

        var steps = await store.TestAsync([], Token);

        steps.Select(step => step.Passed).ShouldBe([true, true, false, true]);
        steps[2].Message.ShouldContain("list secrets in namespace team");
        steps[3].Message.ShouldContain("patch");
        JsonSerializer.Serialize(steps).ShouldNotContain("vendor text");
    }

    [Fact]
    public async Task Test_NoIdentity_IsOneFailedStep()
    {
        var options = new KubernetesStoreOptions { Kubeconfig = _folder["absent"] };
        var store = SecretStores.Create(
            new StoreSettings { Name = "cluster", Kind = "kubernetes", Options = options }, TimeProvider.System);

        var step = (await ((IStoreSelfTest)store).TestAsync([], Token)).ShouldHaveSingleItem();

        (step.Passed, step.Message.Contains("does not exist")).ShouldBe((false, true));
    }

    protected override FakeStoreServer CreateFake(IReadOnlyDictionary<string, string> secrets)
    {
        var fake = new KubernetesFake();
        foreach (var (name, text) in secrets)
        {
            fake.Put(name, Fields(text));
        }

        return fake;
    }

    protected override ISecretStore Connect(FakeStoreServer fake, TimeProvider time)
    {
        var path = _folder[$"{Guid.NewGuid():N}.yaml"];
        File.WriteAllText(path, $$"""
            apiVersion: v1
            kind: Config
            current-context: test
            clusters: [{ name: c, cluster: { server: "{{fake.Address}}" } }]
            users: [{ name: u, user: { token: {{KubernetesFake.Token}} } }]
            contexts: [{ name: test, context: { cluster: c, user: u, namespace: {{KubernetesFake.Namespace}} } }]
            """);
        var settings =
            new StoreSettings { Name = "cluster", Kind = "kubernetes", Options = new KubernetesStoreOptions { Kubeconfig = path } };
        return SecretStores.Create(settings, time);
    }

    protected override void Deny(FakeStoreServer fake, bool isWrite) =>
        ((KubernetesFake)fake).Denied.UnionWith(isWrite ? ["patch", "delete"] : ["get"]);

    protected override void DenyMaking(FakeStoreServer fake) => ((KubernetesFake)fake).Denied.Add("create");

    protected override string? ValueIn(FakeStoreServer fake, string name) => ((KubernetesFake)fake).TextOf(name, "value");

    protected override int VersionsIn(FakeStoreServer fake, string name) => 1;

    protected override void WriteForeign(FakeStoreServer fake, string name, string text) =>
        ((KubernetesFake)fake).Put(name, new Dictionary<string, string> { ["value"] = text });

    private new async Task<(KubernetesSecretStore Store, KubernetesFake Fake)> StartedAsync(string name, string text)
    {
        var (store, fake) = await base.StartedAsync(name, text);
        return ((KubernetesSecretStore)store, (KubernetesFake)fake);
    }

    // A JSON object with a text among its members stands for keys; all else is one value.
    private static Dictionary<string, string> Fields(string text)
    {
        try
        {
            using var json = JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = 64 });
            if (json.RootElement.ValueKind == JsonValueKind.Object
                && json.RootElement.EnumerateObject().Any(member => member.Value.ValueKind == JsonValueKind.String))
            {
                return json.RootElement.EnumerateObject().ToDictionary(member => member.Name, member => member.Value.ToString());
            }
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException or ArgumentException)
        {
            // No object with names of its own: one value.
        }

        return new() { ["value"] = text };
    }
}

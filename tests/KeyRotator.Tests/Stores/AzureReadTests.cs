using System.Collections.Concurrent;
using System.Diagnostics.Tracing;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Azure;
using Azure.Core.Pipeline;
using Azure.Security.KeyVault.Secrets;
using KeyRotator.Configuration;
using KeyRotator.Http;
using KeyRotator.Keys;
using KeyRotator.Stores;
using KeyRotator.Stores.Remote;
using KeyRotator.Tests.Support;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Stores;

/// <summary>What is Key Vault's own when it is read: states, errors, names, listings, and whom tokens are sent to.</summary>
public sealed class AzureReadTests : IAsyncDisposable
{
    private readonly AzureKeyVaultFake _fake = AzureVaults.Fake(new Dictionary<string, string> { ["alpha"] = "one" });
    private readonly ManualClock _clock = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static SecretLocation Alpha => At("alpha");

    private AzureFakeVersion First => _fake.Secrets["alpha"].Versions[0];

    // Not the request that only asks whom to log in to: the client remembers that by host and port, for all tests of the process, and a
    // port comes back.
    private int Asked => _fake.Requests.Count(request => request.Headers.ContainsKey("Authorization"));

    public ValueTask DisposeAsync() => _fake.DisposeAsync();

    [Theory]
    [InlineData(400, "BadParameter", null, false, "calls the request invalid")]
    [InlineData(401, "Unauthorized", null, false, "clock")]
    [InlineData(403, "Forbidden", "ForbiddenByFirewall", false, "the vault's firewall does not let this machine's address pass")]
    [InlineData(403, "Forbidden", "ForbiddenByConnection", false, "use its private endpoint")]
    [InlineData(403, "Forbidden", "SecretDisabled", false, "the version is disabled")]
    [InlineData(404, "VaultNotFound", null, false, "does not know what is asked for")]
    [InlineData(409, "Conflict", "ObjectIsBeingDeleted", true, "somebody else")]
    [InlineData(409, "Conflict", "ObjectIsDeletedButRecoverable", false, "az keyvault secret recover --vault-name 127 --name alpha")]
    [InlineData(429, "Throttled", null, true, "too many calls")]
    [InlineData(500, "InternalError", null, true, "fails at the moment")]
    [InlineData(503, "ServiceUnavailable", null, true, "fails at the moment")]
    [InlineData(418, "Teapot", null, false, "not Key Vault's")]
    public async Task Read_Refused_SaysWhyWithoutMicrosoftsText(int status, string code, string? inner, bool isTransient, string advice)
    {
        var canary = new Canary();
        var store = await StartAsync();
        _fake.Refusal = new(status, code, canary.Text, inner);

        var failure = await Should.ThrowAsync<SecretStoreException>(() => Drive.UntilDone(store.ReadAsync(Alpha, null, Token), _clock));

        failure.IsTransient.ShouldBe(isTransient);
        failure.Message.ShouldContain(advice);
        failure.MissingPermission.ShouldBeNull();
        canary.ShouldBeAbsentFrom(failure.ToString());
    }

    [Theory]
    [InlineData("ForbiddenByRbac",
        "Microsoft.KeyVault/vaults/secrets/getSecret/action on 127.0.0.1/secrets/alpha (Key Vault Secrets User)")]
    [InlineData("AccessDenied", "secret permission `get` in the access policy of 127.0.0.1")]
    [InlineData("ForbiddenByPolicy", "secret permission `get` in the access policy of 127.0.0.1")]
    [InlineData(null, "Microsoft.KeyVault/vaults/secrets/getSecret/action on 127.0.0.1/secrets/alpha (Key Vault Secrets User), "
        + "or `get` in the vault's access policy")]
    public async Task Read_Denied_NamesWhatIsMissingTheVaultsOwnWay(string? inner, string missing)
    {
        var store = await StartAsync();
        _fake.Refusal = new(403, "Forbidden", "no", inner);

        var failure = await Should.ThrowAsync<SecretStoreException>(() => store.ReadAsync(Alpha, null, Token));

        (failure.IsTransient, failure.MissingPermission).ShouldBe((false, missing));
    }

    [Fact]
    public async Task Read_NewestIsDisabled_FailsInsteadOfGivingTheOneBefore()
    {
        var store = await StartAsync();
        var newest = _fake.AddForeign("alpha", "two", isEnabled: false);

        var failure = await Should.ThrowAsync<SecretStoreException>(() => store.ReadAsync(Alpha, null, Token));

        (failure.IsTransient, failure.MissingPermission).ShouldBe((false, null));
        failure.Advice.ShouldBe("the version is disabled: enable it, or set a new one by hand.");
        (await store.ReadAsync(Alpha, new(First.Id), Token)).ShouldNotBeNull().Value.Reveal().ShouldBe("one");
        (await store.DescribeAsync(Alpha, Token)).ShouldNotBeNull().WriteRefusal.ShouldNotBeNull().ShouldContain(newest.Id);
    }

    [Fact]
    public async Task Read_Deleted_IsToldApartFromAbsent()
    {
        var store = await StartAsync();
        _fake.Secrets["alpha"].IsDeleted = true;

        var failure = await Should.ThrowAsync<SecretStoreException>(() => store.ReadAsync(Alpha, null, Token));

        failure.IsTransient.ShouldBeFalse();
        failure.Advice.ShouldStartWith("it is deleted");
        (await store.ReadAsync(At("beta"), null, Token)).ShouldBeNull();
        (await store.DescribeAsync(Alpha, Token)).ShouldNotBeNull().WriteRefusal.ShouldNotBeNull().ShouldStartWith("it is deleted");
        (await store.DescribeAsync(At("beta"), Token)).ShouldBeNull();
    }

    [Fact]
    public async Task Read_AbsentAndDeletionsNotToBeSeen_IsAbsent()
    {
        var store = await StartAsync();
        _fake.Before = request =>
        {
            if (request.Path.StartsWith("/deletedsecrets", StringComparison.Ordinal))
            {
                _fake.Denied.Add("secrets/getSecret/action");
            }
        };

        (await store.ReadAsync(At("beta"), null, Token)).ShouldBeNull();
    }

    [Theory]
    [InlineData("team/openai")]
    [InlineData("../alpha")]
    [InlineData("openai.key")]
    [InlineData("OPENAI_API_KEY")]
    [InlineData("schlüssel")]
    [InlineData("a b")]
    [InlineData("alpha?x=1")]
    [InlineData("")]
    public async Task AnyCall_NameThatNoneCanHave_FailsBeforeAnythingIsSent(string name)
    {
        var store = await StartAsync();

        var failure = await Should.ThrowAsync<SecretStoreException>(() => store.ReadAsync(At(name), null, Token));
        await Should.ThrowAsync<SecretStoreException>(() => store.WriteAsync(new(At(name), new("x"), null, Guid.NewGuid()), Token));

        (failure.IsTransient, failure.Advice.Contains("letters, digits and hyphens", StringComparison.Ordinal)).ShouldBe((false, true));
        _fake.Requests.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("latest")]
    [InlineData("../../keys/k")]
    [InlineData("0123456789ABCDEF0123456789ABCDEF")]
    [InlineData("")]
    public async Task Read_VersionThatNoneCanHave_IsAbsentWithoutACall(string version)
    {
        var store = await StartAsync();

        (await store.ReadAsync(Alpha, new(version), Token)).ShouldBeNull();

        _fake.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task Read_Expired_IsReadAllTheSame()
    {
        var store = await StartAsync();
        First.Attributes["exp"] = 1;

        (await store.ReadAsync(Alpha, null, Token))
            .ShouldNotBeNull().WrittenAt.ShouldBe(new DateTimeOffset(2026, 1, 1, 0, 0, 1, TimeSpan.Zero));
    }

    [Fact]
    public async Task Requests_All_CarryNoTraceOfMicrosoftsClient()
    {
        var store = await StartAsync();

        await store.ReadAsync(Alpha, null, Token);

        Asked.ShouldBe(1);
        _fake.Requests.ShouldAllBe(request => request.Headers["User-Agent"] == OutboundHttp.UserAgent);
        _fake.Requests.ShouldAllBe(request => !request.Headers.ContainsKey("traceparent") && request.Query == "?api-version=7.4");
    }

    [Fact]
    public async Task Calls_All_AreToldToNoLog()
    {
        var canary = new Canary();
        var store = await StartAsync();
        using var events = new Listening();

        await store.WriteAsync(new(At("beta"), canary.Value, null, Guid.NewGuid()), Token);
        await store.ReadAsync(At("beta"), null, Token);
        await CallLoudlyAsync(); // what the client does unless it is told

        events.Texts.ShouldContain(text => text.Contains("https://loud.example/secrets/alpha", StringComparison.Ordinal));
        events.Texts.ShouldAllBe(text => !text.Contains(_fake.Address.Authority, StringComparison.Ordinal));
        events.Texts.ForEach(canary.ShouldBeAbsentFrom);
    }

    [Fact]
    public async Task List_ManyPages_GivesThePrefixOnlyWithTags()
    {
        var store = await StartAsync();
        Enumerable.Range(10, 60).ToList().ForEach(i => _fake.AddForeign($"team-{i}", "x"));
        _fake.AddForeign("other-team-1", "x");
        _fake.AddForeign("team-99", "x");
        _fake.Secrets["team-99"].IsDeleted = true;
        _fake.Secrets["team-10"].Versions[0].Tags = new() { ["env"] = "prod", ["keyrotator"] = "its own" };

        var listed = await store.ListAsync("team-", Token).ToListAsync(Token);

        listed.Select(secret => secret.Name).ShouldBe(Enumerable.Range(10, 60).Select(i => $"team-{i}"));
        listed[0].Tags.ShouldBe(new Dictionary<string, string> { ["env"] = "prod" });
        Asked.ShouldBe(3);
    }

    [Fact]
    public async Task List_NextPageAtAnotherHost_IsRefusedAndGetsNoToken()
    {
        var store = await StartAsync();
        await using var thief = new AzureKeyVaultFake();
        await thief.StartAsync(Token);
        Enumerable.Range(10, 60).ToList().ForEach(i => _fake.AddForeign($"team-{i}", "x"));
        _fake.NextPagesAt = $"https://{thief.Address.Authority}";

        var failure = await Should.ThrowAsync<SecretStoreException>(async () => await store.ListAsync("", Token).ToListAsync(Token));

        (failure.IsTransient, failure.Advice.Contains("another host", StringComparison.Ordinal)).ShouldBe((false, true));
        thief.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task ReadMany_FieldsOfOneSecret_AreOneCall()
    {
        var store = await StartAsync();
        _fake.AddForeign("alpha", """{"a":"1","b":"2"}""");

        var readings = await store.ReadManyAsync([Alpha with { Field = "a" }, Alpha with { Field = "b" }], Token);

        readings.Select(reading => reading.Secret?.Value.Reveal()).ShouldBe(["1", "2"]);
        Asked.ShouldBe(1);
    }

    [Fact]
    public async Task Describe_Secret_TellsWithoutFetchingAValue()
    {
        var store = await StartAsync();
        Enumerable.Range(0, 60).ToList().ForEach(i => _fake.AddForeign("alpha", $"{i}"));
        _fake.Denied.Add("secrets/getSecret/action");

        var told = (await store.DescribeAsync(Alpha, Token)).ShouldNotBeNull();

        (told.Current?.Id, told.WriteRefusal).ShouldBe((_fake.Secrets["alpha"].Versions[^1].Id, null));
        told.WrittenAt.ShouldBe(new DateTimeOffset(2026, 1, 1, 0, 1, 1, TimeSpan.Zero));
    }

    [Fact]
    public async Task Describe_VersionsOfOneSecond_ReadsWhichIsCurrent()
    {
        _fake.IsClockStill = true;
        var store = await StartAsync();
        var versions = Enumerable.Range(0, 9).Select(i => _fake.AddForeign("alpha", $"{i}")).ToList();

        (await store.DescribeAsync(Alpha, Token)).ShouldNotBeNull().Current.ShouldNotBeNull().Id.ShouldBe(versions[^1].Id);
    }

    [Fact]
    public async Task Describe_AbsentWhereVersionsAreNotFound_IsNull()
    {
        var store = await StartAsync();
        _fake.RefusesVersionsOfAbsent = true;

        (await store.DescribeAsync(At("beta"), Token)).ShouldBeNull();
    }

    [Fact]
    public async Task Describe_CertificatesSecret_IsNotToBeWritten()
    {
        var store = await StartAsync();
        _fake.Secrets["alpha"].IsManaged = true;

        (await store.DescribeAsync(Alpha, Token)).ShouldNotBeNull().WriteRefusal.ShouldNotBeNull().ShouldContain("certificate");
    }

    [Theory]
    [InlineData("not-a-list", "a member of another kind")]
    [InlineData("""{"id":"no address","value":"x"}""", "an id that is none")]
    [InlineData("""{"id":"https://127.0.0.1/secrets/alpha/00000000000000000000000000000000"}""", "no value")]
    [InlineData("""{"id":7,"value":"x"}""", "an id that is no text")]
    [InlineData("null", "nothing")]
    [InlineData("""{"value":null}""", "no id")]
    public async Task Read_OtherShape_IsNoSecret(string body, string reason)
    {
        await using var vault = new OneAnswer(body);
        await vault.StartAsync(Token);
        var store = AzureVaults.Connect(vault, _clock);

        var failure = await Should.ThrowAsync<SecretStoreException>(() => store.ReadAsync(Alpha, null, Token), reason);

        (failure.IsTransient, failure.InnerException, failure.Advice.StartsWith("the answer is not Key Vault's", StringComparison.Ordinal))
            .ShouldBe((false, null, true), reason);
    }

    [Fact]
    public async Task List_OtherShape_IsNotAnEmptyVault()
    {
        await using var vault = new OneAnswer("""{"unexpected":["shape"]}""");
        await vault.StartAsync(Token);
        var store = AzureVaults.Connect(vault, _clock);

        await Should.ThrowAsync<SecretStoreException>(async () => await store.ListAsync("", Token).ToListAsync(Token));
        await Should.ThrowAsync<SecretStoreException>(() => store.DescribeAsync(Alpha, Token));
    }

    [Fact]
    public async Task Read_UnknownHost_SaysThatThereIsNoVaultOfThatName()
    {
        var store = AzureVaults.Connect(new Uri("https://no-such-vault.invalid"), _clock);

        var failure = await Should.ThrowAsync<StoreUnreachableException>(
            () => Drive.UntilDone(store.ReadAsync(Alpha, null, Token), _clock));

        failure.MayHaveHappened.ShouldBeFalse();
        failure.Advice.ShouldStartWith("no vault of that name: no-such-vault.invalid");
    }

    [Fact]
    public async Task Answer_ThatWasReadAndLeft_IsCleared()
    {
        await _fake.StartAsync(Token);
        var settings = new StoreSettings { Name = "mine", Kind = "azure" };
        using var sender = new HttpMessageInvoker(
            new AzureKeyVaultTransport("mine", _fake.Address, new StoreClient(settings, TimeProvider.System)));
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(_fake.Address, "secrets/alpha?api-version=7.4"));
        request.Headers.Authorization = new("Bearer", AzureKeyVaultFake.GoodToken);

        using var response = await sender.SendAsync(request, Token);
        var stream = (MemoryStream)await response.Content.ReadAsStreamAsync(Token);
        var bytes = stream.GetBuffer();
        JsonNode.Parse(bytes).ShouldNotBeNull()["value"].ShouldNotBeNull().GetValue<string>().ShouldBe("one");
        await stream.DisposeAsync();

        bytes.ShouldAllBe(one => one == 0);
    }

    private static SecretLocation At(string name) => new() { Store = "mine", Name = name };

    private async Task<AzureKeyVaultStore> StartAsync()
    {
        await _fake.StartAsync(Token);
        return AzureVaults.Connect(_fake, _clock);
    }

    private static async Task CallLoudlyAsync()
    {
        using var sender = new HttpClientTransport(new Refusing());
        var client = new SecretClient(
            new Uri("https://loud.example"), new AzureTokens(
                "x"), new SecretClientOptions { Transport = sender, Retry = { MaxRetries = 0 } });
        await Should.ThrowAsync<RequestFailedException>(() => client.GetSecretAsync("alpha", cancellationToken: Token));
    }

    private sealed class Refusing : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Task.FromResult(new HttpResponseMessage(HttpStatusCode.Forbidden) { Content = new StringContent("{}") });
    }

    /// <summary>Hears all that Microsoft's libraries tell, of every test that runs meanwhile.</summary>
    private sealed class Listening : EventListener
    {
        private readonly ConcurrentQueue<string> _texts = new();

        public List<string> Texts => [.. _texts];

        protected override void OnEventSourceCreated(EventSource eventSource)
        {
            if (eventSource.Name.StartsWith("Azure", StringComparison.Ordinal))
            {
                EnableEvents(eventSource, EventLevel.Verbose, EventKeywords.All);
            }
        }

        protected override void OnEventWritten(EventWrittenEventArgs eventData) =>
            _texts.Enqueue(string.Join(' ', eventData.Payload?.Select(TextOf) ?? []));

        private static string TextOf(object? part) => part is byte[] bytes ? Encoding.UTF8.GetString(bytes) : $"{part}";
    }

    /// <summary>Answers everything alike.</summary>
    private sealed class OneAnswer(string body) : FakeStoreServer
    {
        protected override FakeAnswer Answer(FakeRequest request) => new(200, body);
    }
}

using System.Text;
using KeyRotator.Keys;
using KeyRotator.Stores;
using KeyRotator.Tests.Support;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Stores;

/// <summary>What is Secret Manager's own when it is read: states, checksums, errors, credentials, names, places.</summary>
public sealed class GcpReadTests : IAsyncDisposable
{
    private readonly GcpFake _fake = Gcp.Fake(new Dictionary<string, string> { ["alpha"] = "one" });
    private readonly ManualClock _clock = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static SecretLocation Alpha => At("alpha");

    public ValueTask DisposeAsync() => _fake.DisposeAsync();

    [Fact]
    public void Crc32C_OfTheStandardText_IsTheStandardSum() => GcpWire.Crc32C("123456789"u8).ShouldBe(3808858755u); // RFC 3720, B.4

    [Theory]
    [InlineData(400, "INVALID_ARGUMENT", null, false, "annotations beyond 16 KiB")]
    [InlineData(400, "FAILED_PRECONDITION", null, false, "disabled or destroyed")]
    [InlineData(401, "UNAUTHENTICATED", null, false, "expired or was revoked")]
    [InlineData(403, "PERMISSION_DENIED", null, false, "roles/secretmanager.secretAccessor")]
    [InlineData(403, "PERMISSION_DENIED", "SERVICE_DISABLED", false, "enable secretmanager.googleapis.com")]
    [InlineData(403, "PERMISSION_DENIED", "BILLING_DISABLED", false, "billing")]
    [InlineData(403, "PERMISSION_DENIED", "ACCESS_TOKEN_SCOPE_INSUFFICIENT", false, "cloud-platform")]
    [InlineData(409, "ABORTED", null, true, "somebody else")]
    [InlineData(429, "RESOURCE_EXHAUSTED", null, true, "quota")]
    [InlineData(500, "INTERNAL", null, true, "fails at the moment")]
    [InlineData(503, "UNAVAILABLE", null, true, "fails at the moment")]
    [InlineData(504, "DEADLINE_EXCEEDED", null, true, "fails at the moment")]
    [InlineData(418, "TEAPOT", null, false, "not Secret Manager's")]
    public async Task Read_Refused_SaysWhyWithoutGooglesText(int code, string status, string? reason, bool isTransient, string advice)
    {
        var canary = new Canary();
        var store = await StartAsync();
        _fake.Refusal = new(code, status, canary.Text, reason);
        _fake.Clock = _clock.GetUtcNow();

        var failure = await Should.ThrowAsync<SecretStoreException>(() => Drive.UntilDone(store.ReadAsync(Alpha, null, Token), _clock));

        failure.IsTransient.ShouldBe(isTransient);
        failure.Message.ShouldContain(advice);
        canary.ShouldBeAbsentFrom(failure.ToString());
    }

    [Theory]
    [InlineData("DISABLED")]
    [InlineData("DESTROYED")]
    public async Task Read_LatestIsOff_FailsInsteadOfGivingTheOneBefore(string state)
    {
        var store = await StartAsync();
        _fake.AddForeign("alpha", "two");
        _fake.Secrets["alpha"].Versions[^1].State = state;

        var failure = await Should.ThrowAsync<SecretStoreException>(() => store.ReadAsync(Alpha, null, Token));

        failure.IsTransient.ShouldBeFalse();
        failure.Advice.ShouldBe("the version that latest means is disabled or destroyed: enable it, or add one.");
        (await store.ReadAsync(Alpha, new("1"), Token))?.Value.Reveal().ShouldBe("one");
        (await store.DescribeAsync(Alpha, Token))?.WriteRefusal.ShouldNotBeNull();
    }

    [Fact]
    public async Task Read_ByNumber_DestroyedIsAbsentAndDisabledFails()
    {
        var store = await StartAsync();
        _fake.AddForeign("alpha", "two");
        _fake.Secrets["alpha"].Versions[0].State = "DESTROYED";

        (await store.ReadAsync(Alpha, new("1"), Token)).ShouldBeNull();
        _fake.Secrets["alpha"].Versions[0].State = "DISABLED";
        await Should.ThrowAsync<SecretStoreException>(() => store.ReadAsync(Alpha, new("1"), Token));
    }

    [Fact]
    public async Task Read_WrongChecksum_Fails()
    {
        var store = await StartAsync();
        _fake.SpoilsPayload = true;

        (await Should.ThrowAsync<SecretStoreException>(() => store.ReadAsync(Alpha, null, Token))).Advice.ShouldContain("damaged");
    }

    [Fact]
    public async Task Read_NoText_FailsWithoutShowingBytes()
    {
        var store = await StartAsync();
        _fake.Secrets["alpha"].Versions[0].Data = [0xff, 0xfe, 0x41];

        var failure = await Should.ThrowAsync<SecretStoreException>(() => store.ReadAsync(Alpha, null, Token));

        (failure.IsTransient, failure.InnerException).ShouldBe((false, null));
    }

    [Fact]
    public async Task Read_TokenRefusedOnce_IsSentAgainWithANewOne()
    {
        var tokens = new FixedTokens("ya29.old", GcpFake.GoodToken);
        var store = await StartAsync(tokens);

        (await store.ReadAsync(Alpha, null, Token))?.Value.Reveal().ShouldBe("one");

        tokens.Refused.ShouldBe(["ya29.old"]);
        _fake.Requests.Select(request => request.Headers["Authorization"]).ShouldBe(["Bearer ya29.old", "Bearer " + GcpFake.GoodToken]);
    }

    [Fact]
    public async Task Read_TokenRefusedTwice_FailsAndAsksNoMore()
    {
        var tokens = new FixedTokens("ya29.old", "ya29.older");
        var store = await StartAsync(tokens);

        (await Should.ThrowAsync<SecretStoreException>(() => store.ReadAsync(Alpha, null, Token))).IsTransient.ShouldBeFalse();

        _fake.Requests.Count.ShouldBe(2);
    }

    [Theory]
    [InlineData("team/openai")]
    [InlineData("../alpha")]
    [InlineData("openai.key")]
    [InlineData("schlüssel")]
    [InlineData("a b")]
    [InlineData("alpha:destroy")]
    [InlineData("")]
    public async Task AnyCall_NameThatNoneCanHave_FailsBeforeAnythingIsSent(string name)
    {
        var store = await StartAsync();

        var failure = await Should.ThrowAsync<SecretStoreException>(() => store.ReadAsync(At(name), null, Token));
        await Should.ThrowAsync<SecretStoreException>(() => store.WriteAsync(new(At(name), new("x"), null, Guid.NewGuid()), Token));

        failure.IsTransient.ShouldBeFalse();
        _fake.Requests.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("7x")]
    [InlineData("-1")]
    [InlineData("latest")]
    [InlineData("1/../2")]
    [InlineData("99999999999999999999")]
    public async Task Read_VersionThatNoneCanHave_IsAbsentWithoutACall(string version)
    {
        var store = await StartAsync();

        (await store.ReadAsync(Alpha, new(version), Token)).ShouldBeNull();

        _fake.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task Read_OtherProject_SaysSo()
    {
        await _fake.StartAsync(Token);
        var store = Gcp.Connect(_fake, _clock, Gcp.Plain with { Project = "elsewhere" });

        var failure = await Should.ThrowAsync<SecretStoreException>(() => store.ReadAsync(Alpha, null, Token));

        failure.Advice.ShouldBe("`project` names no project.");
    }

    [Fact]
    public async Task Regional_ReadAndWrite_StayInTheirLocation()
    {
        await _fake.StartAsync(Token);
        var store = Gcp.Connect(_fake, _clock, Gcp.Regional);

        (await store.ReadAsync(Alpha, null, Token)).ShouldBeNull();
        await store.WriteAsync(new(At("beta"), new("b"), null, Guid.NewGuid()), Token);

        (await store.ReadAsync(At("beta"), null, Token))?.Value.Reveal().ShouldBe("b");
        _fake.Requests.ShouldAllBe(request => request.Path.StartsWith("/v1/projects/keys-prod/locations/europe-west3/secrets"));
    }

    [Fact]
    public async Task Regional_OtherLocation_Fails()
    {
        await _fake.StartAsync(Token);
        var store = Gcp.Connect(_fake, _clock, Gcp.Regional with { Region = "mars-north1" });

        (await Should.ThrowAsync<SecretStoreException>(() => store.ReadAsync(Alpha, null, Token))).Advice.ShouldContain("location");
    }

    [Fact]
    public async Task List_ManyPages_GivesThePrefixOnlyWithTags()
    {
        var store = await StartAsync();
        Enumerable.Range(10, 25).ToList().ForEach(i => _fake.AddForeign($"team-{i}", "x"));
        _fake.AddForeign("other-team-1", "x");
        _fake.Secrets["team-10"].Labels["env"] = "prod";
        _fake.Secrets["team-10"].Annotations["keyrotator.tokens"] = "its own";
        _fake.PageSize = 7;

        var listed = await store.ListAsync("team-", Token).ToListAsync(Token);

        listed.Select(secret => secret.Name).ShouldBe(Enumerable.Range(10, 25).Select(i => $"team-{i}"));
        listed[0].Tags.ShouldBe(new Dictionary<string, string> { ["env"] = "prod" });
        _fake.Requests.Count.ShouldBe(4);
    }

    [Fact]
    public async Task ReadMany_FieldsOfOneSecret_AreOneCall()
    {
        var store = await StartAsync();
        _fake.Secrets["alpha"].Add(Encoding.UTF8.GetBytes("""{"a":"1","b":"2"}"""));

        var readings = await store.ReadManyAsync([Alpha with { Field = "a" }, Alpha with { Field = "b" }], Token);

        readings.Select(reading => reading.Secret?.Value.Reveal()).ShouldBe(["1", "2"]);
        _fake.Requests.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Describe_Secret_TellsWithoutAccess()
    {
        var store = await StartAsync();
        _fake.Denied.Add("secretmanager.versions.access");

        var told = (await store.DescribeAsync(Alpha, Token)).ShouldNotBeNull();

        (told.Current, told.WriteRefusal).ShouldBe((new SecretVersion("1"), null));
        told.WrittenAt.ShouldBe(new DateTimeOffset(2026, 1, 1, 0, 0, 0, 123, 456, TimeSpan.Zero));
        (await store.DescribeAsync(At("absent"), Token)).ShouldBeNull();
    }

    [Fact]
    public async Task Test_MissingPermissions_AreNamed()
    {
        var store = await StartAsync();
        _fake.Denied.Add("secretmanager.versions.add");
        (await store.TestAsync([], Token))[^1].ShouldSatisfyAllConditions(
            step => step.Passed.ShouldBeTrue(), step => step.Message.ShouldContain("secretmanager.versions.add"));

        _fake.Denied.Add("secretmanager.versions.access");
        (await store.TestAsync([], Token))[^1].Passed.ShouldBeFalse();

        _fake.Denied.Add("secretmanager.secrets.list");
        var steps = await store.TestAsync([], Token);
        steps.Select(step => step.Passed).ShouldBe([true, false]);
        steps[0].Message.ShouldStartWith("service account test@");
        steps[1].Message.ShouldContain("secretmanager.secrets.list on projects/keys-prod");
    }

    private static SecretLocation At(string name) => new() { Store = "mine", Name = name };

    private async Task<GcpSecretManagerStore> StartAsync(FixedTokens? tokens = null)
    {
        await _fake.StartAsync(Token);
        return Gcp.Connect(_fake, _clock, tokens: tokens);
    }
}

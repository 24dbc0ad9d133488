using KeyRotator.Keys;
using KeyRotator.Providers;
using KeyRotator.Tests.Support;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Validation;

/// <summary>Passes over one key or two: what they conclude of the vendor's answers, and what is told.</summary>
public sealed class PassVerdictTests
{
    private static readonly string s_value = PassWorld.ValueOf("k");

    [Fact]
    public async Task Check_HealthyKey_IsAcceptedAndNothingIsTold()
    {
        await using var world = (await PassWorld.StartAsync()).With("k");

        var result = await world.CheckAsync();

        (await world.StatusAsync("k")).Verdict.ShouldBe(Verdict.Accepted);
        (result.Checked, result.Rejected, result.AlertsDelivered).ShouldBe((1, 0, 0));
        (await world.OpenAsync()).ShouldBeEmpty();
        world.Inbox.Take().ShouldBeEmpty();
    }

    [Fact]
    public async Task Check_RevokedKey_IsConfirmedOnAConnectionOfItsOwn()
    {
        await using var world = (await PassWorld.StartAsync()).With("k");
        world.Vendor.Revoke(s_value);
        var before = world.Clock.GetUtcNow();

        var result = await world.CheckAsync();

        result.Rejected.ShouldBe(1);
        world.Vendor.Shared.Requests.Count.ShouldBe(1);
        world.Vendor.Fresh.Requests.Count(request => request.Header("Authorization") == $"Bearer {s_value}").ShouldBe(1);
        (world.Clock.GetUtcNow() - before).ShouldBe(PassWorld.Minute + KeyPolicy.Default.ConfirmAfter);
    }

    [Fact]
    public async Task Check_TimerThatFiresEarly_AsksNotBeforeTheAnswerCounts()
    {
        await using var world = (await PassWorld.StartAsync()).With("k");
        world.Vendor.Revoke(s_value);
        world.Clock.EarlyBy = TimeSpan.FromMilliseconds(4);

        await world.CheckAsync();

        world.Vendor.Fresh.Requests.Count(request => request.Header("Authorization") == $"Bearer {s_value}").ShouldBe(1);
        world.Inbox.Take().ShouldBe(["Trigger KeyRejected k"]);
    }

    [Fact]
    public async Task Check_RevokedKeyAgainAndAgain_IsToldOnceAndResolvedOnce()
    {
        await using var world = (await PassWorld.StartAsync()).With("k");
        world.Vendor.Revoke(s_value);
        await world.CheckAsync();
        await world.CheckAsync();
        world.Inbox.Take().ShouldBe(["Trigger KeyRejected k"]);
        world.Vendor.Accept(s_value);

        await world.CheckAsync();
        await world.CheckAsync();

        world.Inbox.Take().ShouldBe(["Resolved KeyRejected k"]);
    }

    [Fact]
    public async Task Check_UnauthorizedThenGood_IsNoFinding()
    {
        await using var world = (await PassWorld.StartAsync()).With("k");
        world.Vendor.Script(s_value, FakeVendor.Unauthorized, FakeVendor.Models);

        await world.CheckAsync();

        (await world.StatusAsync("k")).Verdict.ShouldBe(Verdict.Accepted);
        (await world.OpenAsync()).ShouldBeEmpty();
        world.Vendor.CountOf(s_value).ShouldBe(2);
    }

    [Fact]
    public async Task Check_UnauthorizedThenBroken_ProvesNothing()
    {
        await using var world = (await PassWorld.StartAsync()).With("k").With("other");
        world.Vendor.Script(s_value, FakeVendor.Unauthorized, FakeVendor.Broken, FakeVendor.Unauthorized, FakeVendor.Broken);

        await world.CheckAsync();
        await world.CheckAsync();

        (await world.OpenAsync()).ShouldBeEmpty();
        (await world.StatusAsync("k")).ProvenVerdict.ShouldBe(Verdict.Inconclusive);
    }

    [Theory]
    [InlineData("key with spaces", "white space")]
    [InlineData("key-5f0c3a9b7d1e\n", "a trailing newline")]
    [InlineData("\"key-5f0c3a9b7d1e\"", "quotes")]
    [InlineData("\uFEFFkey-5f0c3a9b7d1e", "a byte order mark")]
    [InlineData("********", "only asterisks")]
    [InlineData("........", "only dots")]
    [InlineData("", "nothing at all")]
    public async Task Check_MalformedValue_IsNeverSent(string value, string why)
    {
        await using var world = (await PassWorld.StartAsync()).With("k");
        world.Local.Put("k", value);

        await world.CheckAsync();

        world.Vendor.Shared.Requests.ShouldBeEmpty(why);
        world.Inbox.Take().ShouldBe(["Trigger SecretMalformed k"], why);
    }

    [Fact]
    public async Task Check_TenMegabytes_AreNeverSent()
    {
        await using var world = (await PassWorld.StartAsync()).With("k");
        world.Local.Put("k", new string('a', 10 * 1024 * 1024));

        await world.CheckAsync();

        world.Vendor.Shared.Requests.ShouldBeEmpty();
        (await world.OpenAsync()).ShouldBe(["SecretMalformed k"]);
    }

    [Fact]
    public async Task Check_AnotherProvidersKey_IsNeverSent()
    {
        await using var world = (await PassWorld.StartAsync()).With("k", key => key with { Provider = "mistral" });
        world.Local.Put("k", A.MadeUpKey(KeyProviders.Find("anthropic")!).Reveal());

        await world.CheckAsync();

        world.Vendor.Shared.Requests.ShouldBeEmpty();
        world.Inbox.Take().ShouldBe(["Trigger SecretMalformed k"]);
    }

    [Fact]
    public async Task Check_NothingThere_IsMissingUntilItIsBack()
    {
        await using var world = (await PassWorld.StartAsync()).With("k");
        world.Local.Remove("k");
        await world.CheckAsync();
        world.Inbox.Take().ShouldBe(["Trigger SecretMissing k"]);
        world.Local.Put("k", s_value);

        await world.CheckAsync();

        world.Inbox.Take().ShouldBe(["Resolved SecretMissing k"]);
        (await world.StatusAsync("k")).Verdict.ShouldBe(Verdict.Accepted);
    }

    [Fact]
    public async Task Check_RetryAfterAnHour_HoldsNoPassAndIsHonoured()
    {
        await using var world = (await PassWorld.StartAsync()).With("k").With("other");
        var before = world.Clock.GetUtcNow();
        world.Vendor.Everybody = () => FakeVendor.Throttled(3_600);
        await world.CheckAsync();
        var asked = world.Vendor.Shared.Requests.Count;

        await world.CheckAsync();

        world.Vendor.Shared.Requests.Count.ShouldBe(asked);
        (world.Clock.GetUtcNow() - before).ShouldBe(2 * PassWorld.Minute);
        world.Vendor.Everybody = null;
        world.Clock.Advance(TimeSpan.FromHours(1));
        await world.CheckAsync();
        (await world.StatusAsync("k")).Verdict.ShouldBe(Verdict.Accepted);
    }

    [Fact]
    public async Task Check_RetryAfterAnHour_IsRememberedByTheNextProcess()
    {
        using var folder = new TempFolder();
        await using var first = (await PassWorld.StartAsync(folder["state.db"])).With("k");
        first.Vendor.Everybody = () => FakeVendor.Throttled(3_600);
        await first.CheckAsync();

        await using var second = (await PassWorld.StartAsync(folder["state.db"], first.Clock)).With("k");
        await second.CheckAsync();

        second.Vendor.Shared.Requests.ShouldBeEmpty();
        second.Vendor.Fresh.Requests.ShouldBeEmpty();
    }
}

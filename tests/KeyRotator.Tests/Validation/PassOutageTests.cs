using KeyRotator.Tests.Support;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Validation;

/// <summary>Times in which nobody gets the provider's own answer.</summary>
public sealed class PassOutageTests
{
    [Theory]
    [InlineData("503", "the provider is down")]
    [InlineData("firewall", "a firewall's page")]
    [InlineData("portal", "a captive portal's page")]
    [InlineData("proxy", "a proxy that wants a login")]
    [InlineData("redirect", "a redirect to a login")]
    public async Task Check_NobodyGetsTheProvidersAnswer_IsOneFinding(string fault, string why)
    {
        await using var world = (await PassWorld.StartAsync()).With(3);
        await world.CheckAsync();
        world.Vendor.Everybody = () => Answer(fault);

        await world.CheckAsync();
        await world.CheckAsync();
        world.Clock.Advance(TimeSpan.FromHours(25));
        await world.CheckAsync();

        (await world.OpenAsync()).ShouldBe(["ProviderOutage gate"], why);
    }

    [Fact]
    public async Task Check_OutageOver_ResolvesItAndBlamesNoKey()
    {
        await using var world = (await PassWorld.StartAsync()).With(3);
        await world.CheckAsync();
        world.Vendor.Everybody = FakeVendor.Broken;
        await world.CheckAsync();
        await world.CheckAsync();
        world.Clock.Advance(TimeSpan.FromHours(25));
        await world.CheckAsync();
        world.Vendor.Everybody = null;

        await world.CheckAsync();

        world.Inbox.Take().Where(line => !line.StartsWith("Reminder", StringComparison.Ordinal))
            .ShouldBe(["Trigger ProviderOutage gate", "Resolved ProviderOutage gate"]);
    }

    [Fact]
    public async Task Check_OneKeyOfThreeUnproven_IsAFindingAboutIt()
    {
        await using var world = (await PassWorld.StartAsync()).With(3);
        await world.CheckAsync();
        world.Vendor.Script(PassWorld.ValueOf("k2"), FakeVendor.Broken);
        await world.CheckAsync();
        world.Clock.Advance(TimeSpan.FromHours(25));

        await world.CheckAsync();

        (await world.OpenAsync()).ShouldBe(["KeyUnverified k2"]);
    }

    private static HttpResponseMessage Answer(string fault) => fault switch
    {
        "firewall" => ScriptedHttp.Message(403, "<html>Request blocked</html>", "text/html"),
        "portal" => ScriptedHttp.Message(200, "<html>Please log in</html>", "text/html"),
        "proxy" => ScriptedHttp.Message(407),
        "redirect" => ScriptedHttp.Message(302, headers: ("Location", "https://login.example/")),
        _ => FakeVendor.Broken(),
    };
}

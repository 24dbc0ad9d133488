using KeyRotator.Configuration;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Configuration;

public sealed class BadMemberTests
{
    [Theory]
    [MemberData(nameof(BadMembers.Structural), MemberType = typeof(BadMembers))]
    [MemberData(nameof(BadMembers.BindersAlone), MemberType = typeof(BadMembers))]
    [MemberData(nameof(BadMembers.Duplicates), MemberType = typeof(BadMembers))]
    public void Load_OneBadMember_NamesItAndWhatWouldBeRight(string yaml, string path, string message)
    {
        var result = SettingsFolder.LoadText(yaml);

        result.Settings.ShouldBeNull();
        result.Faults.ShouldContain(fault => fault.Path == path && fault.Message.Contains(message), string.Join('\n', result.Faults));
    }

    [Fact]
    public void Load_ManyBadMembers_ReportsAllInOrder()
    {
        var faults = SettingsFolder.LoadText("""
            keys:
              a: { provider: nobody, locations: [{ store: nowhere, name: x }], expires: 2026-02-30 }
            defaults: { purge: yes, rotateBefore: 95d }
            alerts: { routes: [{ channels: [nobody] }] }
            """).Faults;

        faults.Select(fault => fault.Path).ShouldBe(
            ["keys.a.provider", "keys.a.locations[0].store", "keys.a.expires", "defaults.purge", "defaults.rotateBefore", "alerts.routes[0].channels[0]"]);
        (faults[2].Line, faults[2].Column).ShouldBe((2, 77));
    }

    [Theory]
    [InlineData("http://localhost:8080", true)] // the name
    [InlineData("http://127.0.0.9/hook", true)] // the net
    [InlineData("http://[::1]:80/hook", true)] // the other protocol
    [InlineData("http://localhost.example/", false)] // only looks like it
    [InlineData("http://10.0.0.1/", false)] // private is not loopback
    public void Load_PlainHttp_IsForLoopbackOnly(string url, bool isTaken)
    {
        var channel = $"alerts: {{ channels: {{ a: {{ kind: webhook, url: \"{url}\"";

        (SettingsFolder.LoadText(channel + " } } }").Settings is not null).ShouldBe(isTaken);
        SettingsFolder.LoadText(channel + ", allowInsecure: true, allowAddresses: [10.0.0.0/8] } } }").Settings.ShouldNotBeNull();
    }

    [Fact]
    public void ToString_Fault_ReadsAsCompilersPrint() =>
        new ConfigurationFault("k.yaml", 3, 5, "keys.a", "wrong").ToString().ShouldBe("k.yaml:3:5: keys.a: wrong");
}

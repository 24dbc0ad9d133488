using KeyRotator.Alerts;
using KeyRotator.Configuration;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Configuration;

/// <summary>Members of the channel kinds that have some of their own.</summary>
public sealed class ChannelSettingsTests
{
    [Fact]
    public void Load_ChannelsOfEachForm_BindsThem()
    {
        var loaded = Load(
            """
            alerts:
              channels:
                am:    { kind: alertmanager, url: "https://am.example/base", authorization: "Bearer made-up" }
                log:   { kind: stdout }
                hook:  { kind: webhook, url: "https://ops.example/hook" }
                cloud: { kind: webhook, url: "https://ops.example/hook", format: cloudevents }
            """);
        loaded.Faults.ShouldBeEmpty();
        var channels = loaded.Settings!.Channels;

        channels["am"].ApiKey!.Reveal().ShouldBe("Bearer made-up");
        channels["log"].Kind.ShouldBe("stdout");
        (channels["hook"].Format, channels["cloud"].Format).ShouldBe((WebhookFormat.Standard, WebhookFormat.CloudEvents));
    }

    [Theory]
    [InlineData("kind: alertmanager, url: \"http://am.example:9093\"", "plain http would send a secret in clear text")]
    [InlineData("kind: alertmanager, url: \"https://am.example/?x=1\"", "an absolute http(s) URL")]
    [InlineData("kind: alertmanager", "`url` is missing")]
    [InlineData("kind: alertmanager, url: \"https://am.example\", authorization: made-up", "a scheme and its credentials")]
    [InlineData("kind: alertmanager, url: \"https://am.example\", authorization: \"Bearer a\\nX: made-up\"", "a scheme")]
    [InlineData("kind: stdout, url: \"https://ops.example\"", "`url` is not a member here")]
    [InlineData("kind: webhook, url: \"https://ops.example\", format: made-up", "`standard` or `cloudevents`")]
    public void Load_BadMember_IsRefused(string members, string complaint)
    {
        var fault = Load($"alerts: {{ channels: {{ ops: {{ {members} }} }} }}").Faults.ShouldHaveSingleItem().ToString();

        fault.ShouldContain(complaint);
        if (members.Contains("authorization"))
        {
            fault.ShouldNotContain("made-up");
        }
    }

    private static LoadResult Load(string yaml)
    {
        using var folder = new SettingsFolder();
        return SettingsLoader.Load(
            folder.Write("keyrotator.yaml", yaml), _ => null, SettingsFolder.Catalogue with { Channels = AlertChannels.Kinds });
    }
}

using KeyRotator.Alerts;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Alerts;

public sealed class JiraChannelTests : OpsgenieChannelContract
{
    protected override IAlertChannel Channel { get; } = new JiraChannel();

    [Fact]
    public void DefaultUrl_IsAtlassians() => Channel.DefaultUrl.ShouldBe(new Uri("https://api.atlassian.com/jsm/ops/integration"));
}

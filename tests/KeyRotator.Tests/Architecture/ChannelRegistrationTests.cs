using KeyRotator.Alerts;
using KeyRotator.Tests.Contracts;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Architecture;

/// <summary>Every channel is in the list once, and is held to the contract.</summary>
public sealed class ChannelRegistrationTests
{
    private static readonly Type[] s_channels =
        [.. typeof(IAlertChannel).Assembly.GetTypes().Where(type => type.IsClass && type.IsAssignableTo(typeof(IAlertChannel)))];

    [Fact]
    public void All_AreEveryChannelOnce() => AlertChannels.All.Select(channel => channel.GetType()).ShouldBe(s_channels, ignoreOrder: true);

    [Fact]
    public void Kinds_AreDistinctInAnyCase() =>
        AlertChannels.Kinds.Distinct(StringComparer.OrdinalIgnoreCase).Count().ShouldBe(AlertChannels.Kinds.Count);

    [Fact]
    public void Channels_All_HaveContractTests()
    {
        var contracts = typeof(AlertChannelContract).Assembly.GetTypes()
            .Where(type => type.IsSealed && type.IsAssignableTo(typeof(AlertChannelContract)));

        s_channels.Select(channel => channel.Name + "Tests").ShouldBe(contracts.Select(contract => contract.Name), ignoreOrder: true);
    }

    [Fact]
    public void Find_UnknownKind_IsNull() => AlertChannels.Find("pigeon").ShouldBeNull();
}

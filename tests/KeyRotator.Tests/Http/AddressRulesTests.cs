using System.Net;
using KeyRotator.Http;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Http;

public sealed class AddressRulesTests
{
    private static readonly Uri s_receiver = new("https://ops.example/hook");

    [Theory]
    [InlineData("8.8.8.8")]
    [InlineData("172.15.255.255")] // a step before the private ones
    [InlineData("172.32.0.0")]
    [InlineData("100.63.255.255")]
    [InlineData("100.128.0.0")]
    [InlineData("223.255.255.255")]
    [InlineData("2606:4700::1111")]
    [InlineData("2001:4860:4860::8888")]
    [InlineData("::ffff:8.8.8.8")] // mapped, and public
    public void Allow_Public_IsAllowed(string address) =>
        AddressRules.Of(s_receiver, []).Allow(IPAddress.Parse(address)).ShouldBeTrue();

    [Theory]
    [InlineData("0.0.0.0", "this host")]
    [InlineData("10.1.2.3", "private")]
    [InlineData("172.16.0.0", "private")]
    [InlineData("172.31.255.255", "private")]
    [InlineData("192.168.1.1", "private")]
    [InlineData("100.64.0.0", "carrier's NAT")]
    [InlineData("100.127.255.255", "carrier's NAT")]
    [InlineData("127.0.0.1", "loopback")]
    [InlineData("169.254.169.254", "metadata")]
    [InlineData("192.0.0.192", "protocol assignments; Oracle's metadata")]
    [InlineData("192.0.2.1", "documentation")]
    [InlineData("192.88.99.1", "6to4 relay")]
    [InlineData("198.18.0.1", "benchmarks")]
    [InlineData("224.0.0.1", "multicast")]
    [InlineData("240.0.0.1", "reserved")]
    [InlineData("255.255.255.255", "broadcast")]
    [InlineData("::", "unspecified")]
    [InlineData("::1", "loopback")]
    [InlineData("::7f00:1", "v4-compatible")]
    [InlineData("::ffff:10.0.0.1", "mapped")]
    [InlineData("::ffff:169.254.169.254", "mapped")]
    [InlineData("64:ff9b::a00:1", "NAT64")]
    [InlineData("64:ff9b:1::1", "local NAT64")]
    [InlineData("2001:0:1::1", "Teredo")]
    [InlineData("2001:db8::1", "documentation")]
    [InlineData("2002:a00:1::1", "6to4")]
    [InlineData("fc00::1", "unique local")]
    [InlineData("fd00:ec2::254", "unique local; Amazon's metadata")]
    [InlineData("fe80::1", "link-local")]
    [InlineData("fec0::1", "site-local")]
    [InlineData("ff02::1", "multicast")]
    public void Allow_NotPublic_IsRefused(string address, string what) =>
        AddressRules.Of(s_receiver, []).Allow(IPAddress.Parse(address)).ShouldBeFalse(what);

    [Theory]
    [InlineData("10.0.0.0/8", "10.255.255.255", true)]
    [InlineData("10.0.0.0/8", "11.0.0.0", true)] // public anyway
    [InlineData("10.0.0.0/8", "192.168.0.1", false)]
    [InlineData("10.0.0.0/8", "::ffff:10.0.0.1", true)] // the same place
    [InlineData("fd00::/8", "fd12::1", true)]
    [InlineData("64:ff9b::/96", "64:ff9b::808:808", true)]
    [InlineData("0.0.0.0/0", "127.0.0.1", true)]
    [InlineData("0.0.0.0/0", "169.254.169.254", false)] // everything does not mean the metadata service
    [InlineData("169.254.0.0/15", "169.254.169.254", false)]
    [InlineData("169.254.0.0/16", "169.254.169.254", true)]
    [InlineData("169.254.169.254/32", "169.254.169.254", true)]
    [InlineData("::/0", "fe80::1", false)]
    [InlineData("fe80::/64", "fe80::1", true)]
    [InlineData("::/0", "10.0.0.1", false)] // the other protocol
    public void Allow_ListedRange_IsThePermission(string range, string address, bool isAllowed) =>
        AddressRules.Of(s_receiver, [IPNetwork.Parse(range)]).Allow(IPAddress.Parse(address)).ShouldBe(isAllowed);

    [Theory]
    [InlineData("http://localhost:8080/", true)]
    [InlineData("http://127.0.0.1/", true)]
    [InlineData("http://0x7f000001/", true)] // the same, otherwise written
    [InlineData("http://2130706433/", true)]
    [InlineData("http://[::1]/", true)]
    [InlineData("http://[::ffff:127.0.0.1]/", true)]
    [InlineData("http://localhost./", false)]
    [InlineData("http://localhost.example/", false)]
    [InlineData("http://localtest.me/", false)] // resolves to it
    public void Allow_Loopback_OnlyWhereTheAddressSaysSo(string url, bool isAllowed)
    {
        var rules = AddressRules.Of(new Uri(url), []);

        rules.Allow(IPAddress.Loopback).ShouldBe(isAllowed);
        rules.Allow(IPAddress.IPv6Loopback).ShouldBe(isAllowed);
        rules.Allow(IPAddress.Parse("10.0.0.1")).ShouldBeFalse();
    }

    [Fact]
    public void Key_SameRanges_IsTheSameInAnyOrder()
    {
        IPNetwork[] ranges = [IPNetwork.Parse("10.0.0.0/8"), IPNetwork.Parse("fd00::/8")];

        AddressRules.Of(s_receiver, ranges).Key.ShouldBe(AddressRules.Of(s_receiver, [.. ranges.Reverse()]).Key);
        AddressRules.Of(s_receiver, ranges).Key.ShouldNotBe(AddressRules.Of(s_receiver, []).Key);
        AddressRules.Of(new Uri("http://localhost"), []).Key.ShouldNotBe(AddressRules.Of(s_receiver, []).Key);
    }
}

using KeyRotator.Http;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Http;

public sealed class SystemProxyTests
{
    [Theory]
    [InlineData("http://127.0.0.1:8080/v1", "this machine")]
    [InlineData("http://127.0.0.9/v1", "any loopback address")]
    [InlineData("http://[::1]:8080/v1", "also by IPv6")]
    [InlineData("http://localhost/v1", "also by name")]
    public void IsBypassed_ThisMachine_Always(string address, string why) =>
        new SystemProxy().IsBypassed(new Uri(address)).ShouldBeTrue(why);

    [Fact]
    public void IsBypassed_ElseWhere_AsTheSystemSays() =>
        new SystemProxy().IsBypassed(new Uri("https://llm.example"))
            .ShouldBe(HttpClient.DefaultProxy.IsBypassed(new Uri("https://llm.example")));
}

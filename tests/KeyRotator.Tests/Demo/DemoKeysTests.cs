using System.Text.RegularExpressions;
using KeyRotator.Demo;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Demo;

public sealed class DemoKeysTests
{
    [Theory]
    [InlineData("mistral", "^[A-Za-z0-9]{32}$")]
    [InlineData("openai", "^sk-proj-[A-Za-z0-9_-]{74}T3BlbkFJ[A-Za-z0-9_-]{74}$")]
    [InlineData("anthropic", "^sk-ant-api03-[A-Za-z0-9_-]{93}AA$")]
    [InlineData("gemini", "^AQ\\.Ab8RN6[A-Za-z0-9_-]{44}$")]
    public void Create_Provider_HasTheVendorsShape(string provider, string shape) =>
        Regex.IsMatch(DemoKeys.Create(provider, new Random(7)), shape).ShouldBeTrue();

    [Fact]
    public void Create_Twice_DiffersEachTime()
    {
        var random = new Random(7);

        DemoKeys.Create("mistral", random).ShouldNotBe(DemoKeys.Create("mistral", random));
    }

    [Fact]
    public void Create_NotEmulated_Throws() => Should.Throw<ArgumentException>(() => DemoKeys.Create("cohere", new Random(7)));
}

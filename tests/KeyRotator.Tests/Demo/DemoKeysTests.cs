using KeyRotator.Demo;
using KeyRotator.Providers;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Demo;

public sealed class DemoKeysTests
{
    [Theory]
    [InlineData("mistral")]
    [InlineData("openai")]
    [InlineData("anthropic")]
    [InlineData("gemini")]
    public void Create_Provider_HasTheVendorsShape(string provider)
    {
        var key = DemoKeys.Create(provider, new Random(7));

        KeyProviders.Find(provider)!.Profile.Formats.ShouldContain(format => format.Pattern.IsMatch(key));
    }

    [Fact]
    public void Create_Twice_DiffersEachTime()
    {
        var random = new Random(7);

        DemoKeys.Create("mistral", random).ShouldNotBe(DemoKeys.Create("mistral", random));
    }

    [Fact]
    public void Create_NotEmulated_Throws() => Should.Throw<ArgumentException>(() => DemoKeys.Create("cohere", new Random(7)));
}

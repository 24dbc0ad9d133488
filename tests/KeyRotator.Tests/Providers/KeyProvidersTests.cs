using KeyRotator.Providers;
using KeyRotator.Tests.Support;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Providers;

public sealed class KeyProvidersTests
{
    [Theory]
    [InlineData("openai", "openai")]
    [InlineData("Azure-OpenAI", "azure-openai")]
    [InlineData("nobody", null)]
    public void Find_Kind_IsFoundInAnyCase(string kind, string? found) => (KeyProviders.Find(kind)?.Kind).ShouldBe(found);

    [Theory]
    [InlineData("OPENAI_API_KEY", "openai")]
    [InlineData("HUGGING_FACE_HUB_TOKEN", "huggingface")]
    [InlineData("GOOGLE_API_KEY", "gemini")]
    [InlineData("AWS_BEARER_TOKEN_BEDROCK", "bedrock")]
    [InlineData("openai_api_key", null)]
    [InlineData("PATH", null)]
    public void ForVariable_Name_IsMatchedExactly(string name, string? kind) => (KeyProviders.ForVariable(name)?.Kind).ShouldBe(kind);

    [Fact]
    public void ForFormat_TextWithoutAShape_TellsNothing() => KeyProviders.ForFormat(new Canary().Value).ShouldBeNull();

    [Fact]
    public void ForFormat_DistinctiveShape_NamesProviderAndFormat()
    {
        var match = KeyProviders.ForFormat(A.MadeUpKey(new AnthropicProvider(), "admin")).ShouldNotBeNull();

        (match.Provider.Kind, match.Format.Name).ShouldBe(("anthropic", "admin"));
    }

    [Fact]
    public void FormatOf_ShapeOfAnother_IsNone() =>
        KeyProviders.FormatOf(new OpenAiProvider(), A.MadeUpKey(new AnthropicProvider())).ShouldBeNull();
}

using KeyRotator.Providers;
using KeyRotator.Secrets;
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
    public void MixUp_AnthropicKeyForOpenAi_NamesAnthropic()
    {
        var match = KeyProviders.MixUp(A.Instance("openai"), MadeUp("anthropic")).ShouldNotBeNull();

        (match.Provider.Kind, match.Format.Name).ShouldBe(("anthropic", "api"));
    }

    [Fact]
    public void MixUp_OwnKey_IsNone() => KeyProviders.MixUp(A.Instance("openai"), MadeUp("openai")).ShouldBeNull();

    [Fact]
    public void MixUp_ShapelessKey_IsNone() => KeyProviders.MixUp(A.Instance("openai"), MadeUp("mistral")).ShouldBeNull();

    [Fact]
    public void MixUp_InstanceWithABaseUrl_TakesAnyKey() =>
        KeyProviders.MixUp(A.Instance("openai", new Uri("https://gateway.example/v1")), MadeUp("anthropic")).ShouldBeNull();

    [Fact]
    public void MakeUpKey_ProviderWithoutFormats_StillGivesOne() =>
        SecretInspection.Inspect(MadeUp("unified")).ShouldBe(SecretDefect.None);

    private static SecretValue MadeUp(string kind) => KeyProviders.MakeUpKey(KeyProviders.Find(kind)!, null, new Random(3));
}

using KeyRotator.Cli;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Cli;

public sealed class EnvironmentSettingsTests : IDisposable
{
    private readonly Shell _shell = new();

    public void Dispose() => _shell.Dispose();

    [Fact]
    public void Of_SeveralVariables_MakesAKeyOfEach()
    {
        _shell.Environment["OPENAI_API_KEY"] = "a";
        _shell.Environment["OPENAI_ADMIN_KEY"] = "b";
        _shell.Environment["MISTRAL_API_KEY"] = "c";

        var settings = EnvironmentSettings.Of(_shell.Context);

        settings.Keys.Select(key => $"{key.Id} {key.Provider} {key.Primary}").ShouldBe([
            "OPENAI_API_KEY openai env:OPENAI_API_KEY",
            "OPENAI_ADMIN_KEY openai env:OPENAI_ADMIN_KEY",
            "MISTRAL_API_KEY mistral env:MISTRAL_API_KEY"]);
        settings.Database.Path.ShouldBeNull();
    }

    [Fact]
    public void Of_TwoVariablesWithOneValue_AreOneKey()
    {
        _shell.Environment["HF_TOKEN"] = "same";
        _shell.Environment["HUGGING_FACE_HUB_TOKEN"] = "same";

        var key = EnvironmentSettings.Of(_shell.Context).Keys.ShouldHaveSingleItem();

        key.Locations.Select(location => location.Name).ShouldBe(["HF_TOKEN", "HUGGING_FACE_HUB_TOKEN"]);
    }

    [Fact]
    public void Of_BaseUrlVariable_MovesTheInstance()
    {
        _shell.Environment["OPENAI_API_KEY"] = "a";
        _shell.Environment["OPENAI_BASE_URL"] = "http://127.0.0.1:9999/v1";

        EnvironmentSettings.Of(_shell.Context).Providers["openai"].BaseUrl.ShouldBe(new Uri("http://127.0.0.1:9999/v1"));
    }

    [Theory]
    [InlineData("http://llm.example/v1", "plain http to another machine")]
    [InlineData("https://user:secret@llm.example/v1", "user info")]
    [InlineData("https://llm.example/v1?key=secret", "a query")]
    [InlineData("ftp://llm.example/", "another scheme")]
    [InlineData("llm.example", "no URL")]
    public void Of_UnfitBaseUrl_IsRefusedWithoutItsText(string url, string reason)
    {
        _shell.Environment["OPENAI_API_KEY"] = "a";
        _shell.Environment["OPENAI_BASE_URL"] = url;

        var exception = Should.Throw<CliException>(() => EnvironmentSettings.Of(_shell.Context));

        exception.Message.ShouldStartWith("OPENAI_BASE_URL is no base URL", customMessage: reason);
        exception.Message.ShouldNotContain("secret");
        exception.ExitCode.ShouldBe(ExitCode.Usage);
    }

    [Theory]
    [InlineData("AZURE_OPENAI_API_KEY", "AZURE_OPENAI_ENDPOINT")]
    [InlineData("AWS_BEARER_TOKEN_BEDROCK", "AWS_REGION or AWS_DEFAULT_REGION")]
    public void Of_PlaceUnknown_NamesWhatIsMissingAndChecksTheRest(string variable, string missing)
    {
        _shell.Environment[variable] = "a";
        _shell.Environment["MISTRAL_API_KEY"] = "b";

        EnvironmentSettings.Of(_shell.Context).Keys.ShouldHaveSingleItem().Provider.ShouldBe("mistral");

        _shell.Error.ShouldBe($"{variable} is set and not checked: set {missing} too.\n");
    }

    [Fact]
    public void Of_NothingSet_NamesTheVariables()
    {
        _shell.Environment["MISTRAL_API_KEY"] = "";

        var exception = Should.Throw<CliException>(() => EnvironmentSettings.Of(_shell.Context));

        exception.ExitCode.ShouldBe(ExitCode.Usage);
        exception.Message.ShouldContain("OPENAI_API_KEY, OPENAI_ADMIN_KEY, ANTHROPIC_API_KEY");
    }
}

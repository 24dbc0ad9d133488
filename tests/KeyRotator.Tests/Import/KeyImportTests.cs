using KeyRotator.Configuration;
using KeyRotator.Import;
using KeyRotator.Providers;
using KeyRotator.Tests.Support;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Import;

public sealed class KeyImportTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly Random _random = new(7);

    [Fact]
    public void FromEnvironment_OwnVariables_AreFoundInTheOrderOfProviders()
    {
        var found = Find(("MISTRAL_API_KEY", "any"), ("ANTHROPIC_API_KEY", KeyOf("anthropic")), ("PATH", "/bin"), ("GROQ_API_KEY", ""));

        found.Keys.Select(key => key.Id.Value).ShouldBe(["anthropic", "mistral"]);
        found.Keys.Select(key => key.Variables.Single()).ShouldBe(["ANTHROPIC_API_KEY", "MISTRAL_API_KEY"]);
    }

    [Fact]
    public void FromEnvironment_DistinctiveShapeElsewhere_IsFound()
    {
        var found = Find(("TEAM__KEY.2", KeyOf("openai")), ("NOTE", "not a key"));

        var key = found.Keys.ShouldHaveSingleItem();
        (key.Id.Value, key.Provider.Kind, key.IsOwnVariable).ShouldBe(("openai-team--key-2", "openai", false));
    }

    [Fact]
    public void FromEnvironment_OneValueInTwoVariables_IsOneKeyAtTwoLocations()
    {
        var key = KeyOf("gemini");

        var found = Find(("GOOGLE_API_KEY", key), ("GEMINI_API_KEY", key));

        found.Keys.ShouldHaveSingleItem().Variables.ShouldBe(["GEMINI_API_KEY", "GOOGLE_API_KEY"]);
    }

    [Fact]
    public void FromEnvironment_ManyKeysOfOneProvider_HaveDifferentIds()
    {
        string[] variables = ["OPENAI_API_KEY", "A.B", "A_B", "OPENAI_TEAM"];

        var found = Find([.. variables.Select(variable => (variable, KeyOf("openai")))]);

        found.Keys.Select(key => key.Id.Value).ShouldBe(["openai", "openai-a-b", "openai-a-b-2", "openai-team"]);
    }

    [Fact]
    public void FromEnvironment_ShapeOfAnotherProvider_GoesByTheVariableAndSaysSo()
    {
        var found = Find(("OPENAI_API_KEY", KeyOf("anthropic")));

        found.Keys.ShouldHaveSingleItem().LooksLike?.Kind.ShouldBe("anthropic");
        found.ToYaml().ShouldContain("provider: openai # by its variable; it looks like a key of anthropic");
    }

    [Fact]
    public void ToYaml_FoundKeys_IsThis() =>
        Find(("OPENAI_API_KEY", KeyOf("openai")), ("MISTRAL_API_KEY", "m")).ToYaml().ShouldBe("""
            # Found in the environment. Values are not here: KeyRotator reads each variable at every check.
            stores:
              env: { kind: env }
            keys:
              openai:
                provider: openai
                locations:
                  - { store: env, name: OPENAI_API_KEY }
              mistral:
                provider: mistral
                locations:
                  - { store: env, name: MISTRAL_API_KEY }

            """);

    [Theory]
    [InlineData("OPENAI_API_KEY", "OPENAI_BASE_URL", "openai-env: { kind: openai, baseUrl: \"${OPENAI_BASE_URL}\" }")]
    [InlineData("AZURE_OPENAI_API_KEY", "AZURE_OPENAI_ENDPOINT", "-env: { kind: azure-openai, baseUrl: \"${AZURE_OPENAI_ENDPOINT}\"")]
    [InlineData("AZURE_OPENAI_API_KEY", "OTHER", "\"${AZURE_OPENAI_ENDPOINT}\" } # set AZURE_OPENAI_ENDPOINT, or write the value here")]
    [InlineData("AWS_BEARER_TOKEN_BEDROCK", "AWS_DEFAULT_REGION", "region: \"${AWS_DEFAULT_REGION}\" }\n")]
    public void ToYaml_ProviderWithAPlace_TakesItFromItsVariable(string variable, string place, string expected)
    {
        var yaml = Find((variable, "key"), (place, "https://user:secret@llm.example")).ToYaml();

        yaml.ShouldContain(expected);
        yaml.ShouldContain("-env\n");
        yaml.ShouldNotContain("secret@");
    }

    [Fact]
    public void ToYaml_KeyRecognisedByShape_IsNotSentToAnAddressOfAnother()
    {
        var yaml = Find(("OPENAI_BASE_URL", "https://gateway.example"), ("TEAM_KEY", KeyOf("openai"))).ToYaml();

        yaml.ShouldContain("provider: openai\n");
        yaml.ShouldNotContain("baseUrl");
    }

    [Fact]
    public void ToYaml_EveryProvidersVariables_LoadsAndHasNoValue()
    {
        var canary = new Canary();
        var strange = KeyOf("openai");
        var own = KeyProviders.All.SelectMany(provider => provider.Profile.Variables).Select((name, i) => (name, $"{i}{canary.Text}"));
        var yaml = Find([.. own, ("odd \"name\": {%}", strange), ("OPENAI_BASE_URL", "https://llm.example")]).ToYaml();
        File.WriteAllText(_folder["keyrotator.yaml"], yaml);

        var loaded = SettingsLoader.Load(_folder["keyrotator.yaml"], name => name switch
        {
            "KEYROTATOR_DATABASE" => null,
            "AWS_REGION" => "eu-west-1",
            _ => "https://llm.example",
        });

        loaded.Faults.ShouldBeEmpty();
        loaded.Settings!.Keys.Select(key => key.Locations[0].Name)
            .ShouldBe([.. own.Select(variable => variable.name), "odd \"name\": {%}"]);
        canary.ShouldBeAbsentFrom(yaml);
        yaml.ShouldNotContain(strange);
    }

    [Fact]
    public void ToYaml_NothingFound_IsAnEmptyInventory() => Find(("PATH", "/bin")).ToYaml().ShouldEndWith("keys: {}\n");

    [Fact]
    public void FromDotEnv_File_SaysWhereTheKeyIsReadFrom()
    {
        File.WriteAllText(_folder[".env"], "oops\nexport MISTRAL_API_KEY='m'\n");

        var found = KeyImport.FromDotEnv(_folder[".env"]);

        found.Faults.ShouldHaveSingleItem().Line.ShouldBe(1);
        found.ToYaml().ShouldContain("name: MISTRAL_API_KEY");
        found.ToYaml().ShouldStartWith("# Found in .env.");
        found.ToYaml().ShouldContain("not from that file.");
    }

    [Fact]
    public void FromDotEnv_MissingFile_IsAFault() => KeyImport.FromDotEnv(_folder["absent"]).Faults.ShouldHaveSingleItem().Line.ShouldBe(0);

    public void Dispose() => _folder.Dispose();

    private static ImportResult Find(params (string Name, string Value)[] variables) =>
        KeyImport.FromEnvironment(variables.ToDictionary(variable => variable.Name, variable => variable.Value));

    private string KeyOf(string kind) => A.MadeUpKey(KeyProviders.Find(kind)!, null, _random).Reveal();
}

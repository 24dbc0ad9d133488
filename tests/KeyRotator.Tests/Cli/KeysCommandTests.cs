using System.Text.Json;
using KeyRotator.Configuration;
using KeyRotator.Keys;
using KeyRotator.Stores;
using KeyRotator.Tests.Support;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Cli;

public sealed class KeysCommandTests : IDisposable
{
    private readonly Shell _shell = new Shell { IsTerminal = true, Environment = { ["NO_COLOR"] = "1" } }.Declare();

    public void Dispose() => _shell.Dispose();

    [Fact]
    public async Task List_EightyColumns_ShowsTheInventory()
    {
        (await _shell.RunAsync("keys", "list")).ShouldBe(0);

        _shell.Out.ShouldBe("""
            KEY           PROVIDER  ENV   OWNER        LAST DAY    LOCATIONS
            mistral-prod  mistral   prod  team-search  2027-01-31  env:MISTRAL_API_KEY +1
            openai-ci     openai    -     -            -           local:llm/openai

            """);
        File.Exists(Path.Combine(_shell.Directory, "keyrotator.db")).ShouldBeFalse();
    }

    [Fact]
    public async Task List_Json_HasTheContractsMembers()
    {
        await _shell.RunAsync("keys", "list", "-o", "json");

        var key = JsonDocument.Parse(_shell.Out).RootElement.GetProperty("keys")[0];
        Json.Members(key).ShouldBe(
        [
            "id", "provider", "environment", "owner", "expiresAt", "suspended", "discovered", "goneSince", "labels", "models", "suspension",
            "locations",
        ]);
    }

    [Fact]
    public async Task Show_ObservedKey_TellsItsStory()
    {
        await _shell.ObserveAsync();

        (await _shell.RunAsync("keys", "show", "mistral-prod")).ShouldBe(0);

        _shell.Out.ShouldContain("labels        tier=gold");
        _shell.Out.ShouldContain("verdict       Rejected/Invalid, HTTP 401, since 2026-11-21 09:58:00Z (2m ago)");
        _shell.Out.ShouldContain("expires       71d 2027-01-31 (Declared)");
        _shell.Out.ShouldContain("2026-11-18 10:00:00Z  2026-11-18 10:00:00Z  1       Accepted/Ok");
        _shell.Out.ShouldContain("CRITICAL  mistral-prod: KeyRejected");
        _shell.Out.Split('\n').ShouldAllBe(line => line.Length <= 80);
    }

    [Fact]
    public async Task Show_NeverChecked_SaysSo()
    {
        (await _shell.RunAsync("keys", "show", "openai-ci")).ShouldBe(0);

        _shell.Out.ShouldContain("verdict       never probed");
        _shell.Out.ShouldContain("expires       unknown");
    }

    [Fact]
    public async Task Show_Json_AddsToTheReport()
    {
        await _shell.ObserveAsync();

        await _shell.RunAsync("keys", "show", "mistral-prod", "-o", "json");

        var key = JsonDocument.Parse(_shell.Out).RootElement;
        Json.Members(key).TakeLast(10).ShouldBe(
            ["findings", "suspended", "discovered", "goneSince", "labels", "models", "account", "missingModels", "versions", "history"]);
        key.GetProperty("history").GetArrayLength().ShouldBe(2);
    }

    [Fact]
    public async Task Show_UnknownKey_SuggestsTheNearest()
    {
        (await _shell.RunAsync("keys", "show", "mistral-prd")).ShouldBe(2);

        _shell.Error.ShouldBe("Unknown key 'mistral-prd'. Did you mean 'mistral-prod'?\n");
    }

    [Fact]
    public async Task Import_FromEnvironment_PrintsAConfigurationWithoutValues()
    {
        var canary = new Canary();
        _shell.Environment["MISTRAL_API_KEY"] = canary.Text;

        (await _shell.RunAsync("keys", "import", "--from-env")).ShouldBe(0);

        _shell.Out.ShouldContain("provider: mistral");
        canary.ShouldBeAbsentFrom(_shell.Out + _shell.Error);
        _shell.Write("imported.yaml", _shell.Out);
        (await _shell.RunAsync("config", "validate", "--config", "imported.yaml")).ShouldBe(0);
    }

    [Fact]
    public async Task Import_EnvFile_PrintsFaultsOfLinesWithoutTheirText()
    {
        var canary = new Canary();
        _shell.Write(".env", $"OPENAI_API_KEY={canary.Text}\n{canary.Text}\n");

        (await _shell.RunAsync("keys", "import", "--env-file", ".env")).ShouldBe(0);

        _shell.Error.ShouldStartWith(".env:2: ");
        canary.ShouldBeAbsentFrom(_shell.Out + _shell.Error);
    }

    [Theory]
    [InlineData("keys import", "Say where to look", "nothing asked for")]
    [InlineData("keys import --from-env --env-file x", "Say where to look", "two at once")]
    [InlineData("keys import --from-env", "No variable of a provider is set", "nothing there")]
    [InlineData("keys import --env-file missing.env", "missing.env", "no such file")]
    [InlineData("keys import --prefix llm/", "Say where to look", "a prefix of nothing")]
    [InlineData("keys import --from-env --store local", "Say where to look", "two at once")]
    [InlineData("keys import --store lokal", "lokal", "no such store")]
    [InlineData("keys import --store local --prefix no-such-name", "No key was found in 0 secrets of store local", "nothing there")]
    public async Task Import_Unusable_ExitsTwo(string line, string message, string reason)
    {
        (await _shell.RunAsync(line.Split(' '))).ShouldBe(2, reason);

        _shell.Error.ShouldContain(message, customMessage: reason);
        _shell.Out.ShouldBeEmpty();
    }

    [Fact]
    public async Task Import_FromStore_PrintsEntriesThatValidate()
    {
        var canary = new Canary();
        var settings = SettingsLoader.Load(
            Path.Combine(_shell.Directory, "keyrotator.yaml"), _shell.Environment.GetValueOrDefault).Settings!;
        var store = (IWritableSecretStore)SecretStores.CreateAll(settings, _shell.Clock)["local"];
        var location = new SecretLocation { Store = "local", Name = "llm/GROQ_API_KEY" };
        await store.WriteAsync(new(location, canary.Value, null, Guid.NewGuid()), TestContext.Current.CancellationToken);

        (await _shell.RunAsync("keys", "import", "--store", "local")).ShouldBe(0, _shell.Error);

        _shell.Out.ShouldContain("  local/llm/GROQ_API_KEY:\n    provider: groq\n");
        canary.ShouldBeAbsentFrom(_shell.Out + _shell.Error);
        _shell.Write("all.yaml", "stores: { local: { kind: file, path: secrets.enc, passphrase: x } }\n" + _shell.Out);
        (await _shell.RunAsync("config", "validate", "--config", "all.yaml")).ShouldBe(0, _shell.Error);
    }
}

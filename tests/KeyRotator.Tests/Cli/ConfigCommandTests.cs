using System.Text.Json;
using KeyRotator.Tests.Support;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Cli;

public sealed class ConfigCommandTests : IDisposable
{
    private static readonly string s_twoChannels = Inventory.Yaml.With("channels: [ops]", "channels: [ops, audit]")
        .With("  channels:\n", "  channels:\n    audit: { kind: webhook, url: \"https://audit.example/hook\" }\n");

    private readonly Shell _shell = new Shell().Declare();

    public void Dispose() => _shell.Dispose();

    [Fact]
    public async Task Validate_SoundFile_ExitsZero()
    {
        _shell.Write("keyrotator.yaml", s_twoChannels);

        (await _shell.RunAsync("config", "validate")).ShouldBe(0);

        _shell.Out.ShouldEndWith("valid, 2 keys, 0 warnings\n");
    }

    [Fact]
    public async Task Validate_SeveralFaults_PrintsEachWithItsPlace()
    {
        _shell.Write("keyrotator.yaml", Inventory.Yaml.With("provider: mistral", "provider: mistrl").With("owner:", "ownr:"));

        (await _shell.RunAsync("config", "validate")).ShouldBe(2);

        _shell.Out.ShouldMatch(@"keyrotator\.yaml:7:\d+: keys\.mistral-prod\.provider: .*mistral");
        _shell.Out.ShouldMatch(@"keyrotator\.yaml:9:\d+: keys\.mistral-prod.*owner");
        _shell.Out.ShouldEndWith("2 faults, 0 warnings\n");
    }

    [Fact]
    public async Task Validate_Warnings_DoNotFail()
    {
        _shell.Write("keyrotator.yaml", s_twoChannels.With("stores:", "stores:\n  idle: { kind: env }"));

        (await _shell.RunAsync("config", "validate")).ShouldBe(0);

        _shell.Out.ShouldContain("(warning)");
        _shell.Out.ShouldEndWith("valid, 2 keys, 1 warning\n");
    }

    [Fact]
    public async Task Validate_Json_HasTheContractsMembers()
    {
        _shell.Write("keyrotator.yaml", "keys: [");

        (await _shell.RunAsync("config", "validate", "-o", "json")).ShouldBe(2);

        var document = JsonDocument.Parse(_shell.Out).RootElement;
        Json.Members(document).ShouldBe(["valid", "faults", "warnings"]);
        Json.Members(document.GetProperty("faults")[0]).ShouldBe(["file", "line", "column", "path", "message"]);
    }

    [Theory]
    [InlineData("missing.yaml")]
    [InlineData("no/such/folder")]
    public async Task Validate_NoSuchFile_ExitsTwo(string path)
    {
        (await _shell.RunAsync("config", "validate", "--config", path)).ShouldBe(2);

        _shell.Out.ShouldStartWith(path);
    }

    [Fact]
    public async Task Validate_VariableNamesTheFile_IsHonoured()
    {
        _shell.Write("other.yaml", Inventory.Yaml);
        File.Delete(Path.Combine(_shell.Directory, "keyrotator.yaml"));
        _shell.Environment["KEYROTATOR_CONFIG"] = "other.yaml";

        (await _shell.RunAsync("config", "validate")).ShouldBe(0);
    }

    [Fact]
    public async Task Show_Secrets_AreRedacted()
    {
        var canary = new Canary();
        _shell.Environment["PASSPHRASE"] = canary.Text;
        _shell.Environment["HOOK"] = $"https://hooks.example/{canary.Text}";

        (await _shell.RunAsync("config", "show")).ShouldBe(0);
        (await _shell.RunAsync("config", "show", "-o", "json")).ShouldBe(0);

        _shell.Out.ShouldContain("[redacted]");
        canary.ShouldBeAbsentFrom(_shell.Out + _shell.Error);
    }

    [Fact]
    public async Task Schema_NoConfiguration_IsPrinted()
    {
        File.Delete(Path.Combine(_shell.Directory, "keyrotator.yaml"));

        (await _shell.RunAsync("config", "schema")).ShouldBe(0);

        var schema = JsonDocument.Parse(_shell.Out).RootElement.GetProperty("$schema");
        schema.GetString().ShouldBe("https://json-schema.org/draft/2020-12/schema");
    }
}

using KeyRotator.Tests.Support;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Cli;

public sealed class KeyRotatorCommandTests : IDisposable
{
    private readonly Shell _shell = new();

    public void Dispose() => _shell.Dispose();

    [Theory]
    [InlineData("chekc", "Unknown command 'chekc'. Did you mean 'check'?", "a verb with a slip")]
    [InlineData("frobnicate", "Unknown command 'frobnicate'.", "nothing is near")]
    [InlineData("keys lst", "Unknown command 'lst'. Did you mean 'list'?", "a sub-verb with a slip")]
    [InlineData("keys", "'keyrotator keys' takes one of these commands:", "a group alone")]
    [InlineData("check --form-env", "Unknown option '--form-env'. Did you mean '--from-env'?", "an option is not a key")]
    [InlineData("version --ouput json", "Unknown option '--ouput'. Did you mean '--output'?", "a common option")]
    [InlineData("check --version", "Unknown option '--version'.\n", "an option of the root alone")]
    [InlineData("version extra", "Unexpected argument 'extra'.", "one argument too many")]
    [InlineData("status -o jsn", "--output takes one of table, json, not 'jsn'. Did you mean 'json'?", "a bad value")]
    [InlineData("check --fail-on fatal", "--fail-on takes one of none, warning, critical, not 'fatal'.", "a bad value without a neighbour")]
    [InlineData("status --config", "Required argument missing for option: '--config'.", "no value")]
    [InlineData("providers show", "Required argument missing", "no name")]
    [InlineData("providers show opnai", "Unknown provider 'opnai'. Did you mean 'openai'?", "a provider with a slip")]
    public async Task RunAsync_WrongCommandLine_SaysItOnceAndExitsTwo(string line, string message, string reason)
    {
        var exitCode = await _shell.RunAsync(line.Split(' '));

        exitCode.ShouldBe(2, reason);
        _shell.Error.ShouldStartWith(message, customMessage: reason);
        _shell.Out.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("check --help")]
    [InlineData("keys import --help")]
    [InlineData("alerts test -h")]
    public async Task RunAsync_Help_FitsEightyColumns(string line)
    {
        (await _shell.RunAsync(line.Split(' '))).ShouldBe(0);

        _shell.Out.Split('\n').ShouldAllBe(text => text.Length <= 80);
        _shell.Out.ShouldContain("--config");
    }

    [Fact]
    public async Task RunAsync_NoArgument_PrintsHelp()
    {
        (await _shell.RunAsync()).ShouldBe(0);

        _shell.Out.ShouldContain("check <KEY>");
    }

    [Fact]
    public async Task RunAsync_ArgumentStartsWithAt_IsNoFileOfArguments()
    {
        _shell.Write("arguments", "--help");

        (await _shell.RunAsync("version", "@arguments")).ShouldBe(2);

        _shell.Error.ShouldStartWith("Unexpected argument '@arguments'.");
    }

    [Fact]
    public async Task RunAsync_KeyPastedAsName_IsNotRepeated()
    {
        var canary = new Canary();
        var pasted = $"sk-proj-{canary.Text}-{canary.Text}";

        (await _shell.RunAsync(pasted)).ShouldBe(2);

        canary.ShouldBeAbsentFrom(_shell.Error);
    }

    [Fact]
    public async Task RunAsync_EscapesInAName_AreWrittenVisibly()
    {
        (await _shell.RunAsync("\u001b[31mred")).ShouldBe(2);

        _shell.Error.ShouldContain(@"\u001b[31mred");
        _shell.Error.ShouldNotContain("\u001b");
    }

    [Fact]
    public async Task RunAsync_NoConfiguration_NamesThePlacesAndWaysOut()
    {
        (await _shell.RunAsync("status")).ShouldBe(2);

        _shell.Error.ShouldStartWith("no configuration found");
        _shell.Error.ShouldContain("KEYROTATOR_CONFIG");
        _shell.Error.ShouldContain(Path.Combine(_shell.Directory, "keyrotator.yaml"));
        _shell.Error.ShouldContain("keyrotator demo");
        _shell.Error.ShouldContain("keyrotator check --from-env");
        _shell.Error.ShouldContain("keyrotator keys import --from-env");
    }
}

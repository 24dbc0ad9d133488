using System.Text.RegularExpressions;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Cli;

/// <summary>The demo as a user starts it: real passes over loopback, only without the time to read.</summary>
public sealed partial class DemoCommandTests(DemoCommandTests.Telling telling) : IClassFixture<DemoCommandTests.Telling>
{
    [Fact]
    public void Demo_Ends_WithSuccess() => telling.ExitCode.ShouldBe(0, telling.Error);

    [Fact]
    public void Demo_Alerts_AreTheStorysAndNoOthers() => AlertLine().Matches(telling.Out).Select(match => match.Value).ShouldBe(
    [
        "ALERT  critical KeyExpiring, openai-batch", "ALERT  critical KeyRejected, anthropic-agent", "RESOLVED  KeyRejected, anthropic-agent",
        "ALERT  critical ProviderOutage, mistral", "RESOLVED  ProviderOutage, mistral", "RESOLVED  KeyExpiring, openai-batch",
        "ALERT  warning RevocationDue, openai-batch", "RESOLVED  RevocationDue, openai-batch",
    ]);

    [Theory]
    [InlineData("1. The first check")]
    [InlineData("2. A key is revoked")]
    [InlineData("3. An operator puts a replacement in place")]
    [InlineData("4. A provider has an outage")]
    [InlineData("6 keys: 6 accepted, 0 rejected, 0 inconclusive")]
    [InlineData("What to do next")]
    public void Demo_Story_Has(string part) => telling.Out.ShouldContain(part);

    [Fact]
    public void Demo_IntoAFile_FitsAnyTerminalAndHasNoColour()
    {
        telling.Out.Split('\n').ShouldAllBe(line => line.Length <= 80);
        telling.Out.ShouldNotContain("\u001b");
    }

    [Theory]
    [InlineData("sk-", "a key of OpenAI or Anthropic")]
    [InlineData("AIza", "a key of Gemini")]
    [InlineData("whsec_", "the receiver's secret")]
    public void Demo_Story_ShowsNo(string start, string what) => telling.Out.ShouldNotContain(start, Case.Sensitive, what);

    [Fact]
    public void Demo_Ended_HasRemovedItsFolder() => Directory.Exists(FolderName().Match(telling.Out).Value).ShouldBeFalse();

    [GeneratedRegex(@"(?<=^     )(ALERT|RESOLVED)  .*$", RegexOptions.Multiline)]
    private static partial Regex AlertLine();

    [GeneratedRegex(@"\S+keyrotator-demo-[^\s,]+")]
    private static partial Regex FolderName();

    /// <summary>One telling for all tests: it takes some seconds.</summary>
    public sealed class Telling : IAsyncLifetime
    {
        public int ExitCode { get; private set; }

        public string Out { get; private set; } = "";

        public string Error { get; private set; } = "";

        public async ValueTask InitializeAsync()
        {
            using var shell = new Shell();
            ExitCode = await shell.RunAsync("demo", "--fast");
            (Out, Error) = (shell.Out, shell.Error);
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}

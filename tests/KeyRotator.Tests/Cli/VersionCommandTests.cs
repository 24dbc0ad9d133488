using System.Text.Json;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Cli;

public sealed class VersionCommandTests : IDisposable
{
    private readonly Shell _shell = new();

    public void Dispose() => _shell.Dispose();

    [Theory]
    [InlineData("version")]
    [InlineData("--version")]
    public async Task Version_Table_IsOneLine(string line)
    {
        (await _shell.RunAsync(line)).ShouldBe(0);

        _shell.Out.ShouldMatch(@"^keyrotator \d+\.\d+\.\d+ \(\.NET \d.*, SQLite 3\.\d.*\)\n$");
    }

    [Fact]
    public async Task Version_Json_HasAllParts()
    {
        await _shell.RunAsync("version", "--output", "json");

        Json.Members(JsonDocument.Parse(_shell.Out).RootElement).ShouldBe(["version", "runtime", "sqlite"]);
    }
}

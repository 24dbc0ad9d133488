using System.Text.Json;
using KeyRotator.Providers;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Cli;

public sealed class ProvidersCommandTests : IDisposable
{
    private readonly Shell _shell = new() { IsTerminal = true };

    public void Dispose() => _shell.Dispose();

    [Fact]
    public async Task List_EightyColumns_HasALineForEachProvider()
    {
        (await _shell.RunAsync("providers", "list")).ShouldBe(0);

        var lines = _shell.Out.TrimEnd().Split('\n');
        lines.Length.ShouldBe(KeyProviders.All.Count + 1);
        lines.ShouldAllBe(line => line.Length <= 80);
    }

    [Fact]
    public async Task Show_EveryProvider_SaysWhatIsCalledAndFitsTheTerminal()
    {
        foreach (var provider in KeyProviders.All)
        {
            (await _shell.RunAsync("providers", "show", provider.Kind)).ShouldBe(0);
        }

        var breakable = _shell.Out.Split('\n').Where(line => line.TrimStart().Contains(' ', StringComparison.Ordinal));
        breakable.ShouldAllBe(line => line.Length <= 80);
        var titles = KeyProviders.All.Select(provider => $"{provider.Kind} ({provider.Profile.Title})\n");
        titles.ShouldAllBe(title => _shell.Out.Contains(title, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Show_AnyCase_FindsTheProvider()
    {
        (await _shell.RunAsync("providers", "show", "OpenAI")).ShouldBe(0);

        _shell.Out.ShouldContain("revoke keys");
    }

    [Fact]
    public async Task List_Json_HasTheWholeProfile()
    {
        await _shell.RunAsync("providers", "list", "-o", "json");

        var first = JsonDocument.Parse(_shell.Out).RootElement.GetProperty("providers")[0];
        Json.Members(first).ShouldBe([
            "kind", "title", "variables", "baseUrlVariable", "regionVariables", "baseUrl", "needsRegion", "probe", "deadAnswers",
            "leastCheckEverySeconds", "keysCanExpire", "formats", "createKeyUrl", "revokeKeyUrl", "notes", "sources"]);
    }
}

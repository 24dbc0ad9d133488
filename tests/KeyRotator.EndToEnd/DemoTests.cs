using System.Text.RegularExpressions;
using KeyRotator.EndToEnd.Support;
using Shouldly;
using Xunit;

namespace KeyRotator.EndToEnd;

public sealed partial class DemoTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = 300_000)]
    public async Task Demo_Fast_TellsEveryActAndLeavesNothing()
    {
        await using var site = await Site.StartAsync();

        var demo = await site.RunAsync("demo", "--fast");

        demo.ExitCode.ShouldBe(0, demo.Error);
        ActLine().Matches(demo.Out).Select(match => match.Value[0]).ShouldBe("123456");
        demo.Out.ShouldNotContain('\u001b');
        Directory.EnumerateFileSystemEntries(site.Temp).ShouldBeEmpty();
    }

    [Theory(Timeout = 300_000)]
    [InlineData("INT", "as ctrl-C does")]
    [InlineData("TERM", "as a supervisor does")]
    public async Task Demo_Interrupted_LeavesNothing(string signal, string why)
    {
        await using var site = await Site.StartAsync();
        await using var demo = site.Start("demo");
        await Eventually.TrueAsync(() => demo.Out.Contains("said once"), "the demo waits for a confirmation", Token);

        await demo.SignalAsync(signal, Token);
        var ended = await demo.EndAsync(Token);

        (ended.ExitCode, ended.Error).ShouldBe((1, "Interrupted.\n"), why);
        Directory.EnumerateFileSystemEntries(site.Temp).ShouldBeEmpty();
    }

    [GeneratedRegex(@"^\d\. .+$", RegexOptions.Multiline)]
    private static partial Regex ActLine();
}

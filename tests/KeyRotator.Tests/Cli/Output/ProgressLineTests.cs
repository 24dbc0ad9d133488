using KeyRotator.Cli.Output;
using KeyRotator.Validation;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Cli.Output;

public sealed class ProgressLineTests : IDisposable
{
    private readonly Shell _shell = new() { IsTerminal = true };

    public void Dispose() => _shell.Dispose();

    [Fact]
    public void Report_OnATerminal_ShowsCountRejectedAndRest()
    {
        using var line = new ProgressLine(_shell.Context);
        _shell.Clock.Advance(TimeSpan.FromSeconds(4));

        line.Report(new CheckProgress(10, 40, 1));

        _shell.Error.ShouldBe("\rchecked 10/40, 1 rejected, 12s left\u001b[K");
    }

    [Fact]
    public void Report_Often_ShowsAtMostTenASecond()
    {
        using var line = new ProgressLine(_shell.Context);
        for (var i = 1; i <= 100; i++)
        {
            line.Report(new CheckProgress(i, 100, 0));
            _shell.Clock.Advance(TimeSpan.FromMilliseconds(10));
        }

        _shell.Error.Split('\r').Length.ShouldBe(11);
    }

    [Fact]
    public void Report_Overtaken_IsDropped()
    {
        using var line = new ProgressLine(_shell.Context);
        line.Report(new CheckProgress(5, 9, 0));
        _shell.Clock.Advance(TimeSpan.FromSeconds(1));
        line.Report(new CheckProgress(4, 9, 0));

        _shell.Error.ShouldNotContain("checked 4/9");
    }

    [Fact]
    public void Dispose_AfterReports_ClearsTheLine()
    {
        using (var line = new ProgressLine(_shell.Context))
        {
            line.Report(new CheckProgress(1, 2, 0));
        }

        _shell.Error.ShouldEndWith("\r\u001b[K");
    }

    [Theory]
    [InlineData(false, "xterm", "nobody watches")]
    [InlineData(true, "dumb", "the terminal cannot go back")]
    public void Report_NoFitTerminal_WritesNothing(bool isTerminal, string term, string reason)
    {
        using var shell = new Shell { IsTerminal = isTerminal, Environment = { ["TERM"] = term } };
        using (var line = new ProgressLine(shell.Context))
        {
            line.Report(new CheckProgress(1, 2, 0));
        }

        shell.Error.ShouldBeEmpty(reason);
    }
}

using KeyRotator.Cli.Output;
using KeyRotator.Keys;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Cli.Output;

public sealed class KeyTableTests
{
    [Fact]
    public void WriteKeys_EightyColumns_PutsTheUrgentFirst()
    {
        var never = new KeyReport { Id = "gemini-dev", Provider = "gemini" };

        var shell = new Shell { IsTerminal = true, Environment = { ["NO_COLOR"] = "1" } };

        Table(shell, Sample.Accepted(), never, Sample.Rejected()).ShouldBe("""
            KEY                   PROVIDER  ENV   VERDICT           EXPIRES          CHECKED
            openai-ci             openai    ci    Rejected/Invalid  -                2m ago
            gemini-dev            gemini    -     -                 -                -
            mistral-prod-backend  mistral   prod  Accepted           71d 2027-01-31  2m ago

            """);
    }

    [Fact]
    public void WriteKeys_LongNamesOnEightyColumns_StayInside()
    {
        var report = Sample.Accepted(new string('k', 60) + "-backend") with
        {
            Verdict = Verdict.Inconclusive,
            Reason = VerdictReason.StoreUnavailable,
            Provider = new string('p', 40),
        };

        var lines = Table(new Shell { IsTerminal = true, Environment = { ["TERM"] = "dumb" } }, report).Split('\n');

        lines.ShouldAllBe(line => line.Length <= 80);
        lines[1].ShouldContain("…-backend");
    }

    [Fact]
    public void WriteKeys_Piped_ShowsFullIdsOwnersAndAbsoluteTimes()
    {
        var id = new string('k', 120);

        var text = Table(new Shell(), Sample.Accepted(id));

        text.ShouldContain(id);
        text.ShouldContain("2026-11-21 09:58:00Z (2m ago)  team-search");
        text.ShouldNotContain("\u001b");
        text.ShouldNotContain("\t");
    }

    [Theory]
    [InlineData("TERM", "xterm", true, "a terminal gets colour")]
    [InlineData("NO_COLOR", "1", false, "no-color.org")]
    [InlineData("NO_COLOR", "", true, "empty means not set")]
    [InlineData("TERM", "dumb", false, "a dumb terminal shows escapes")]
    public void WriteKeys_Terminal_ColoursOnlyWhereWelcome(string variable, string value, bool expected, string reason) =>
        Table(new Shell { IsTerminal = true, Environment = { [variable] = value } }, Sample.Rejected())
            .Contains('\u001b').ShouldBe(expected, reason);

    [Fact]
    public void WriteKeys_WideTerminal_ShowsOwners() =>
        Table(new Shell { IsTerminal = true, Width = 140 }, Sample.Accepted()).ShouldContain("OWNER");

    [Fact]
    public void WriteKeys_HostileName_CannotSteerTheTerminal() =>
        Table(new Shell(), Sample.Accepted() with { Owner = "\u001b[2Jteam\r\n" }).ShouldContain(@"\u001b[2Jteam\u000d\u000a");

    [Fact]
    public void WriteKeys_NoKey_WritesNothing() => Table(new Shell()).ShouldBeEmpty();

    private static string Table(Shell shell, params KeyReport[] reports)
    {
        using (shell)
        {
            new KeyTable(shell.Context, Sample.Now).WriteKeys(reports);
            return shell.Out;
        }
    }
}

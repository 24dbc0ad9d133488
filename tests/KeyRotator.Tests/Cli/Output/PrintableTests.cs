using KeyRotator.Cli.Output;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Cli.Output;

public sealed class PrintableTests
{
    [Theory]
    [InlineData(null, "-", "unknown")]
    [InlineData("", "-", "empty")]
    [InlineData("prod/llm", "prod/llm", "plain")]
    [InlineData("Zoë 東京", "Zoë 東京", "letters of any script")]
    [InlineData("\u001b[31m", @"\u001b[31m", "terminal escape")]
    [InlineData("a\nb\tc", @"a\u000ab\u0009c", "line and column breaks")]
    [InlineData("a\u009bb", @"a\u009bb", "eight-bit escape")]
    [InlineData("a\u202eb", @"a\u202eb", "turned reading direction")]
    [InlineData("a\u2028b", @"a\u2028b", "line separator")]
    [InlineData("a\u200bb", @"a\u200bb", "invisible character")]
    public void Of_Text_IsOneSafeLine(string? text, string expected, string reason) => Printable.Of(text).ShouldBe(expected, reason);

    [Theory]
    [InlineData("short", 10, "short", "fits")]
    [InlineData("mistral-prod-backend", 20, "mistral-prod-backend", "just fits")]
    [InlineData("mistral-prod-backend", 11, "mistr…ckend", "both ends stay")]
    [InlineData("mistral-prod-backend", 10, "mistr…kend", "even width")]
    [InlineData("東京東京", 5, "東…京", "wide letters take two columns")]
    public void CutMiddle_Text_KeepsBothEnds(string text, int width, string expected, string reason) =>
        Printable.CutMiddle(text, width).ShouldBe(expected, reason);

    [Fact]
    public void CutEnd_LongText_KeepsTheStart() => Printable.CutEnd("Inconclusive/Timeout", 16).ShouldBe("Inconclusive/Ti…");

    [Theory]
    [InlineData("abc", 3)]
    [InlineData("東京", 4)]
    [InlineData("e\u0301", 1)]
    public void Width_Text_CountsColumns(string text, int expected) => Printable.Width(text).ShouldBe(expected);
}

using KeyRotator.Alerts;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Alerts;

public sealed class AlertLinksTests
{
    private const string Console = "https://console.example/keys";

    [Fact]
    public void Of_OneFinding_IsItsConsoleAndItsRunbook() =>
        Links(Finding("https://docs.example/a%2Fb#here")).ShouldBe(
            ["The provider's console https://console.example/keys", "Runbook https://docs.example/a%2Fb#here"]);

    [Theory]
    [InlineData("https://u:p@docs.example/a?token=x#b", "https://docs.example/a#b")] // who made it so long ago that nobody looked
    [InlineData("https://docs.example/a%3Fb", "https://docs.example/a%3Fb")] // a question mark of a name
    public void Of_Runbook_HasNeitherUserInformationNorQuery(string url, string shown) =>
        Links(Finding(url))[^1].ShouldBe($"Runbook {shown}");

    [Theory]
    [InlineData(null)]
    [InlineData("javascript:alert(1)")]
    [InlineData("ftp://docs.example/a")]
    [InlineData("not a link")]
    public void Of_NoWebLink_IsNone(string? url) => Links(Finding(url)).Count.ShouldBe(1);

    [Fact]
    public void Of_Several_IsWhatHoldsForAllOfThem()
    {
        Links(Finding("https://docs.example/a"), Finding("https://docs.example/b")).ShouldBe([$"The provider's console {Console}"]);
        Links(Finding("https://docs.example/a"), Finding("https://docs.example/a")).Count.ShouldBe(2);
        Links(Finding("https://docs.example/a"), Finding(null)).Count.ShouldBe(1);
        Links().ShouldBeEmpty();
    }

    private static List<string> Links(params IReadOnlyList<AlertFinding> findings) =>
        [.. AlertLinks.Of(AnAlert.Of(AlertKind.Digest, findings)).Select(link => $"{link.Label} {link.Url}")];

    private static AlertFinding Finding(string? runbook) => AnAlert.Finding() with { ConsoleUrl = Console, RunbookUrl = runbook };
}

using System.Text.RegularExpressions;
using KeyRotator.EndToEnd.Support;
using Shouldly;
using Xunit;

namespace KeyRotator.EndToEnd;

/// <summary>Processes that share one database.</summary>
public sealed partial class SideBySideTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = 300_000)]
    public async Task Check_TwoAtOnce_TellOnceEach()
    {
        await using var site = await Site.StartAsync("a", "b", "c", "d", "e", "f");
        string[] bad = ["b", "e"];
        Array.ForEach(bad, site.Revoke);

        await using var one = site.Start("check");
        await using var other = site.Start("check");
        var ends = await Task.WhenAll(one.EndAsync(Token), other.EndAsync(Token));

        ends.Select(end => end.ExitCode).ShouldBe([3, 3], ends[0].Error + ends[1].Error);
        site.Inbox.Take().ShouldBe(["Trigger KeyRejected b", "Trigger KeyRejected e"], ignoreOrder: true);
    }

    [Fact(Timeout = 300_000)]
    public async Task Check_BesideTheService_TellsOnceEach()
    {
        await using var site = await Site.StartAsync("a", "b", "c", "d", "e", "f");
        site.Revoke("b");
        await using var service = await Service.StartAsync(site);

        (await site.RunAsync("check")).ExitCode.ShouldBe(3);
        (await site.Inbox.NextAsync(Token)).ShouldBe(["Trigger KeyRejected b"]);

        // How many at a time depends on which of the two came first: what one has just asked is not due for the other.
        await Eventually.TrueAsync(() => RejectedByService().IsMatch(service.Process.Out), "the service has met the bad key", Token);
        await service.StopAsync();

        site.Inbox.Take().ShouldBeEmpty();
    }

    [GeneratedRegex(@"Checked \d+ keys: 1 rejected")]
    private static partial Regex RejectedByService();
}

using KeyRotator.EndToEnd.Support;
using Shouldly;
using Xunit;

namespace KeyRotator.EndToEnd;

/// <summary>A configuration that changes under the service.</summary>
public sealed class ReloadTests
{
    private const string Successful = "keyrotator_config_last_reload_successful";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = 300_000)]
    public async Task Run_BadFile_ChangesNothingAndShows()
    {
        await using var site = await Site.StartAsync("one");
        await using var service = await Service.StartAsync(site);
        (await service.GetAsync("/metrics")).ShouldContain($"{Successful} 1\n");

        await File.AppendAllTextAsync(site.At("keyrotator.yaml"), "nonsense: true\n", Token);

        await Eventually.TrueAsync(
            async () => (await service.GetAsync("/metrics")).Contains($"{Successful} 0\n"), "the bad file is seen", Token);
        (await service.GetAsync("/metrics")).ShouldContain("keyrotator_config_reload_failures_total 1\n");
        (await service.GetAsync("/readyz")).ShouldStartWith("200 ok\nthe changed configuration is not in force");
        await Eventually.TrueAsync(() => service.Process.Out.Contains("Kept the configuration"), "the log says so", Token);
        await Eventually.TrueAsync(() => service.Process.Out.Contains("Checked 1 keys"), "the old configuration works on", Token);
    }

    [Fact(Timeout = 300_000)]
    public async Task Run_GoodFile_IsTakenOver()
    {
        await using var site = await Site.StartAsync("one");
        await using var service = await Service.StartAsync(site);
        await site.IssueAsync("two");
        site.Revoke("two");

        site.Configure();

        (await site.Inbox.NextAsync(Token)).ShouldBe(["Trigger KeyRejected two"]);
        (await service.GetAsync("/metrics")).ShouldContain($"{Successful} 1\n");
        (await service.GetAsync("/readyz")).ShouldBe("200 ok\n");
    }
}

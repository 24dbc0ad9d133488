using KeyRotator.EndToEnd.Support;
using Shouldly;
using Xunit;

namespace KeyRotator.EndToEnd;

/// <summary>The state's volume has no room left.</summary>
public sealed class FullDiskTests
{
    private const string NoSpace = "has no space left on its disk. Nothing of this step was recorded";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory(Timeout = 300_000)]
    [InlineData(false, "no database is there yet")]
    [InlineData(true, "one is there")]
    public async Task Check_NoRoom_SaysSoAndGoesOnWhenThereIsSome(bool isThere, string why)
    {
        await using var site = await Site.StartAsync("good", "bad");
        await using var disk = await SmallDisk.MountAsync(site);
        if (isThere)
        {
            (await site.RunAsync("check")).ExitCode.ShouldBe(0, why);
        }

        site.Revoke("bad");
        disk.Fill();
        var full = await site.RunAsync("check");

        (full.ExitCode, full.Out).ShouldBe((1, ""), why);
        full.Error.ShouldContain(NoSpace, customMessage: why);
        site.Inbox.Take().ShouldBeEmpty(why);

        disk.Free();
        await Site.AgeAsync(disk.Database);
        (await site.RunAsync("check")).ExitCode.ShouldBe(3, why);
        site.Inbox.Take().ShouldBe(["Trigger KeyRejected bad"], why);
    }

    [Fact(Timeout = 300_000)]
    public async Task Run_FillsUpAndIsFreed_AlertsOnceAndLivesOn()
    {
        await using var site = await Site.StartAsync("good", "bad");
        await using var disk = await SmallDisk.MountAsync(site);
        await site.RunAsync("check");
        await using var service = await Service.StartAsync(site);
        disk.FillWithJournal();
        site.Revoke("bad");

        await Eventually.TrueAsync(() => service.Process.Out.Split('\n').Any(IsLostPass), "a pass cannot be recorded", Token);
        (await service.GetAsync("/livez")).ShouldBe("200 ok\n");
        site.Inbox.Take().ShouldBeEmpty();
        disk.Free();

        (await site.Inbox.NextAsync(Token)).ShouldBe(["Trigger KeyRejected bad"]);
        (await service.StopAsync()).ExitCode.ShouldBe(0);
        site.Inbox.Take().ShouldBeEmpty("it is told once");
    }

    [Fact(Timeout = 300_000)]
    public async Task Run_StoppedWhileThereIsNoRoom_EndsInTime()
    {
        await using var site = await Site.StartAsync("one");
        await using var disk = await SmallDisk.MountAsync(site);
        await site.RunAsync("check");
        await using var service = await Service.StartAsync(site);
        disk.Fill();

        (await service.StopAsync()).ExitCode.ShouldBe(0);
    }

    // Not the word of what the jobs did, which is written more often.
    private static bool IsLostPass(string line) =>
        line.Contains("Job validate", StringComparison.Ordinal) && line.Contains(NoSpace, StringComparison.Ordinal);
}

using System.Text;
using KeyRotator.EndToEnd.Support;
using KeyRotator.Tests.Support;
using Shouldly;
using Xunit;

namespace KeyRotator.EndToEnd.Image;

/// <summary>The image under the strictest rules that a cluster has.</summary>
public sealed class LockedContainerTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = 300_000)]
    public async Task Demo_Locked_TellsEveryAct()
    {
        await using var container = Container.Create();

        var demo = await container.RunAsync("demo", "--fast");

        demo.ExitCode.ShouldBe(0, demo.Error);
        demo.Out.ShouldContain("\n6. ");
    }

    [Theory(Timeout = 300_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Check_Locked_ProvesAlertsAndKeepsItsState(bool isPortable)
    {
        await using var site = await Site.StartAsync("good", "bad");
        site.Revoke("bad");
        await using var container = await Container.Create(isPortable).MountAsync(site);

        var first = await container.RunAsync("check");
        var second = await container.RunAsync("status");

        (first.ExitCode, second.ExitCode).ShouldBe((3, 3), first.Error + second.Error);
        second.Out.ShouldContain("KeyRejected");
        site.Inbox.Take().ShouldBe(["Trigger KeyRejected bad"]);
        site.ShouldHaveNoneIn(first.Out + first.Error + second.Out + second.Error, "what it prints");
        foreach (var file in Directory.EnumerateFiles(site.At("state")))
        {
            site.ShouldHaveNoneIn(Encoding.Latin1.GetString(await File.ReadAllBytesAsync(file, Token)), file);
        }
    }

    [Fact(Timeout = 300_000)]
    public async Task Check_NoConfiguration_SaysWhereItLooked()
    {
        await using var container = Container.Create();

        var ended = await container.RunAsync("check");

        ended.ExitCode.ShouldBe(2);
        ended.Error.ShouldContain("/etc/keyrotator/keyrotator.yaml");
    }

    [Theory(Timeout = 300_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Run_Locked_IsHealthyAndStopsWithZero(bool isPortable)
    {
        await using var site = await Site.StartAsync("one");
        await using var container = (await Container.Create(isPortable).MountAsync(site)).With("KEYROTATOR_LISTEN", $"127.0.0.1:{FreePort.Find()}");
        var running = container.RunAsync();
        await Eventually.TrueAsync(
            async () => running.IsCompleted || (await container.ExecAsync("keyrotator", "health", "--ready")).ExitCode == 0,
            "it is ready",
            Token);

        running.IsCompleted.ShouldBeFalse("it runs on");
        (await container.ExecAsync("keyrotator", "health")).Out.ShouldBe("ok\n");
        (await container.ExecAsync("keyrotator", "health", "--listen", $"127.0.0.1:{FreePort.Find()}")).ExitCode.ShouldBe(1);
        await RightsAreNoneAsync(container);

        (await container.StopAsync()).ExitCode.ShouldBe(0);
        var ended = await running;
        ended.ExitCode.ShouldBe(0, ended.Error);
        site.ShouldHaveNoneIn(ended.Out + ended.Error, "the logs");
    }

    private static async Task RightsAreNoneAsync(Container container)
    {
        var status = await container.ProcessAsync("status");
        status.ShouldContain("\nUid:\t1654\t1654\t1654\t1654\n");
        status.ShouldContain("\nGid:\t1654\t1654\t1654\t1654\n");
        status.ShouldContain("\nCapEff:\t0000000000000000\n");
        status.ShouldContain("\nCapBnd:\t0000000000000000\n");
        status.ShouldContain("\nNoNewPrivs:\t1\n");
        (await container.ProcessAsync("mountinfo")).ShouldMatch(@"(?m)^\d+ \d+ \S+ / / ro,");
        (await container.ProcessAsync("environ")).Split('\0').ShouldContain("DOTNET_EnableDiagnostics=0");
    }
}

using KeyRotator.EndToEnd.Support;
using Shouldly;
using Xunit;

namespace KeyRotator.EndToEnd;

/// <summary>A configuration that is mounted from a ConfigMap, and changes as the kubelet changes it: a new folder, and a link that is
/// swapped.</summary>
public sealed class ConfigMapTests
{
    private const string Successful = "keyrotator_config_last_reload_successful";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = 300_000)]
    public async Task Run_LinkSwappedToABadFileAndToAGoodOne_KeepsThenTakesOver()
    {
        await using var site = await Site.StartAsync("one");
        await PublishAsync(site, "..1", await SettingsAsync(site));
        File.CreateSymbolicLink(Mounted(site), "..data/keyrotator.yaml");
        await using var service = await Service.StartAsync(site, "--config", Mounted(site));

        await PublishAsync(site, "..2", await SettingsAsync(site) + "nonsense: true\n");
        await Eventually.TrueAsync(
            async () => (await service.GetAsync("/metrics")).Contains($"{Successful} 0\n"), "the bad file is seen", Token);
        (await service.GetAsync("/readyz")).ShouldStartWith("200 ok\nthe changed configuration is not in force");

        await site.IssueAsync("two");
        site.Revoke("two");
        site.Configure();
        await PublishAsync(site, "..3", await SettingsAsync(site));

        (await site.Inbox.NextAsync(Token)).ShouldBe(["Trigger KeyRejected two"]);
        (await service.GetAsync("/metrics")).ShouldContain($"{Successful} 1\n");
        (await service.GetAsync("/readyz")).ShouldBe("200 ok\n");
    }

    private static string Mounted(Site site) => site.At("mounted/keyrotator.yaml");

    // Where the configuration is mounted, state and secrets are elsewhere.
    private static async Task<string> SettingsAsync(Site site) => (await File.ReadAllTextAsync(site.At("keyrotator.yaml"), Token))
        .Replace("sqlite:keyrotator.db", $"sqlite:{site.At("keyrotator.db")}", StringComparison.Ordinal)
        .Replace("path: secrets.enc", $"path: {site.At("secrets.enc")}", StringComparison.Ordinal)
        .Replace("keyFile: ", $"keyFile: {site.Folder}/", StringComparison.Ordinal);

    private static async Task PublishAsync(Site site, string version, string settings)
    {
        var folder = Directory.CreateDirectory(site.At($"mounted/{version}"));
        await File.WriteAllTextAsync(Path.Combine(folder.FullName, "keyrotator.yaml"), settings, Token);
        File.CreateSymbolicLink(site.At("mounted/..tmp"), version);
        await Tool.ReadAsync("mv", ["-T", site.At("mounted/..tmp"), site.At("mounted/..data")], Token);
    }
}

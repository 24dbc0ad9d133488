using KeyRotator.EndToEnd.Support;
using Shouldly;
using Xunit;

namespace KeyRotator.EndToEnd;

public sealed class FromEnvironmentTests
{
    [Fact(Timeout = 300_000)]
    public async Task Check_GoodKeyInTheEnvironment_IsProvenAndLeavesNothing()
    {
        await using var site = await EmptyAsync();
        site.Emulator.AddKey("openai", site.Environment["OPENAI_API_KEY"]);

        var check = await site.RunAsync("check", "--from-env");

        check.ExitCode.ShouldBe(0, check.Out + check.Error);
        check.Out.ShouldContain("1 key: 1 accepted");
        site.ShouldHaveNoneIn(check.Out + check.Error, "output");
        Directory.EnumerateFileSystemEntries(site.Folder).ShouldBeEmpty();
    }

    [Fact(Timeout = 300_000)]
    public async Task Check_BadKeyInTheEnvironment_IsRejected()
    {
        await using var site = await EmptyAsync();

        var check = await site.RunAsync("check", "--from-env");

        check.ExitCode.ShouldBe(3, check.Out + check.Error);
        check.Out.ShouldContain("KeyRejected");
        site.ShouldHaveNoneIn(check.Out + check.Error, "output");
    }

    [Fact(Timeout = 300_000)]
    public async Task Import_KeyInTheEnvironment_PrintsWhatCheckTakes()
    {
        await using var site = await EmptyAsync();
        site.Emulator.AddKey("openai", site.Environment["OPENAI_API_KEY"]);

        var import = await site.RunAsync("keys", "import", "--from-env");
        await File.WriteAllTextAsync(site.At("keyrotator.yaml"), import.Out, TestContext.Current.CancellationToken);

        site.ShouldHaveNoneIn(import.Out + import.Error, "the YAML");
        (await site.RunAsync("config", "validate")).ExitCode.ShouldBe(0);
    }

    // Nothing but an OpenAI key in the environment, and where to send it.
    private static async Task<Site> EmptyAsync()
    {
        var site = await Site.StartAsync();
        Directory.EnumerateFiles(site.Folder).ToList().ForEach(File.Delete);
        site.Environment["OPENAI_API_KEY"] = "sk-proj-" + site.NewSecret() + site.NewSecret();
        site.Environment["OPENAI_BASE_URL"] = site.Emulator.BaseUrl("openai").ToString();
        return site;
    }
}

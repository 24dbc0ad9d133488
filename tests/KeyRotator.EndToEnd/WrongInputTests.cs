using KeyRotator.EndToEnd.Support;
using Shouldly;
using Xunit;

namespace KeyRotator.EndToEnd;

/// <summary>What is wrong is said once, on standard error, with the exit code of the contract.</summary>
public sealed class WrongInputTests
{
    [Theory(Timeout = 300_000)]
    [InlineData("check nothere", 2, "nothere", "a key that is not declared")]
    [InlineData("check --config nothere.yaml", 2, "nothere.yaml", "a file that is not there")]
    [InlineData("check --fail-on sometimes", 2, "sometimes", "a choice that is none")]
    [InlineData("chekc", 2, "chekc", "a verb that is none")]
    [InlineData("run --listen nowhere", 2, "nowhere", "no address")]
    [InlineData("check --from-env --config keyrotator.yaml", 2, "--from-env", "two sources at once")]
    [InlineData("check --from-env", 2, "MISTRAL_API_KEY", "no variable is set")]
    public async Task Anything_Wrong_IsSaidOnStandardError(string line, int exitCode, string word, string why)
    {
        await using var site = await Site.StartAsync("one");

        var ended = await site.RunAsync(line.Split(' '));

        ended.ExitCode.ShouldBe(exitCode, why);
        ended.Error.ShouldContain(word, Case.Sensitive, why);
        ended.Out.ShouldBeEmpty(why);
        ended.Error.ShouldNotContain("   at ", Case.Sensitive, "no stack trace");
    }

    [Fact(Timeout = 300_000)]
    public async Task Check_NoConfiguration_SaysWhatToDo()
    {
        await using var site = await Site.StartAsync();
        File.Delete(site.At("keyrotator.yaml"));

        var check = await site.RunAsync("check");

        check.ExitCode.ShouldBe(2);
        check.Error.ShouldContain("keyrotator demo");
        check.Error.ShouldContain("keyrotator check --from-env");
    }

    [Fact(Timeout = 300_000)]
    public async Task Check_BadConfiguration_NamesFileLineAndValue()
    {
        await using var site = await Site.StartAsync("one");
        await File.AppendAllTextAsync(
            site.At("keyrotator.yaml"), "  two: { provider: mistrall, locations: [] }\n", TestContext.Current.CancellationToken);

        var check = await site.RunAsync("check");

        check.ExitCode.ShouldBe(2);
        check.Error.ShouldContain("keyrotator.yaml:");
        check.Error.ShouldContain("mistrall");
    }

    [Fact(Timeout = 300_000)]
    public async Task Check_DatabaseIsNone_FailsAndLeavesItAlone()
    {
        await using var site = await Site.StartAsync("one");
        var text = string.Concat(Enumerable.Repeat("this is no database. ", 500));
        await File.WriteAllTextAsync(site.At("keyrotator.db"), text, TestContext.Current.CancellationToken);

        var check = await site.RunAsync("check");

        check.ExitCode.ShouldBe(1, check.Error);
        check.Error.ShouldContain("keyrotator.db");
        (await File.ReadAllTextAsync(site.At("keyrotator.db"), TestContext.Current.CancellationToken)).ShouldBe(text);
    }

    [Fact(Timeout = 300_000)]
    public async Task Check_StoreIsDamaged_IsAFindingAndNoFailure()
    {
        await using var site = await Site.StartAsync("one");
        await File.WriteAllTextAsync(site.At("secrets.enc"), "this is no store", TestContext.Current.CancellationToken);

        var check = await site.RunAsync("check", "--fail-on", "warning");

        check.ExitCode.ShouldBe(3, check.Error);
        check.Out.ShouldContain("StoreUnavailable");
    }
}

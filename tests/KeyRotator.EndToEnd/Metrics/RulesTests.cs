using System.Text.RegularExpressions;
using KeyRotator.EndToEnd.Support;
using Shouldly;
using Xunit;

namespace KeyRotator.EndToEnd.Metrics;

/// <summary>The alert rules that the chart ships.</summary>
public sealed partial class RulesTests
{
    private static readonly string s_rules = File.ReadAllText(ChartFiles.Rules);
    private static readonly string s_tests = File.ReadAllText(ChartFiles.RulesTest);
    private static readonly string s_readme = File.ReadAllText(Path.Combine(ChartFiles.Root, "README.md"));

    public static TheoryData<string> Alerts => [.. Alert().Matches(s_rules).Select(match => match.Groups[1].Value)];

    [Fact(Timeout = 300_000)]
    public async Task Rules_Checked_AreSound()
    {
        var sound = await Prometheus.ToolAsync("", "check", "rules", "--lint-fatal", ChartFiles.Rules);

        (sound.ExitCode, sound.Error).ShouldBe((0, ""));
    }

    [Fact(Timeout = 300_000)]
    public async Task Rules_OverTime_FireWhenTheyShouldAndAreSilentElse()
    {
        var tested = await Prometheus.ToolAsync("", "test", "rules", ChartFiles.RulesTest);

        (tested.ExitCode, tested.Out + tested.Error).ShouldBe((0, $"Unit Testing:  {ChartFiles.RulesTest}\n  SUCCESS\n\n"));
    }

    [Theory]
    [MemberData(nameof(Alerts))]
    public void Rule_Each_IsSeenToFireAndHasARunbook(string alert)
    {
        Regex.IsMatch(s_tests, $@"alertname: {alert}\n +eval_time: \w+\n +exp_alerts:\n +- ").ShouldBeTrue("a case in which it fires");
        var rule = s_rules[s_rules.IndexOf($"alert: {alert}\n", StringComparison.Ordinal)..];
        var anchor = Runbook().Match(rule).Groups[1].Value;
        s_readme.ShouldContain($"<a id=\"{anchor}\"></a>");
    }

    [Theory]
    [MemberData(nameof(Alerts))]
    public void Rule_AboutWhatTheDatabaseHolds_OutlivesItsAbsence(string alert)
    {
        var rule = s_rules[s_rules.IndexOf($"alert: {alert}\n", StringComparison.Ordinal)..];
        rule = rule[..rule.IndexOf("runbook_url", StringComparison.Ordinal)];

        rule.Contains("\n        keep_firing_for: 10m\n", StringComparison.Ordinal).ShouldBe(FromDatabase().IsMatch(rule), alert);
    }

    [Fact]
    public void Rule_AboutJobs_JudgesEachProcessOfWhatItDoesForItself()
    {
        var local = KeyRotator.Hosting.Schedule.Shared.Jobs.Where(job => job.IsLocal)
            .Select(job => job.Key.Name).Order(StringComparer.Ordinal);

        JobNames().Matches(s_rules).Select(match => match.Groups[1].Value).Distinct().ShouldBe([string.Join('|', local)]);
    }

    [Fact]
    public void Rules_Metrics_AreAllInTheCatalogue()
    {
        var names = KeyRotator.Metrics.MetricCatalogue.All.Select(family => family.Name).ToHashSet();

        Metric().Matches(s_rules).Select(match => match.Value).Where(name => !names.Contains(name)).ShouldBeEmpty();
    }

    [GeneratedRegex(@"- alert: (\w+)")]
    private static partial Regex Alert();

    [GeneratedRegex(@"runbook_url: ""README\.md#([\w-]+)""")]
    private static partial Regex Runbook();

    [GeneratedRegex(@"job_name[!=]~""([^""]+)""")]
    private static partial Regex JobNames();

    [GeneratedRegex("keyrotator_(key|finding|rotation|notification|heartbeat|audit)")]
    private static partial Regex FromDatabase();

    [GeneratedRegex(@"keyrotator_\w+")]
    private static partial Regex Metric();
}

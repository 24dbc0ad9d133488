using System.Text.Json;
using System.Text.RegularExpressions;
using KeyRotator.EndToEnd.Support;
using Shouldly;
using Xunit;

namespace KeyRotator.EndToEnd.Metrics;

/// <summary>The dashboard that the chart ships, against a real Prometheus that scrapes a real process.</summary>
public sealed class DashboardTests
{
    private static readonly JsonElement s_dashboard = JsonElement.Parse(File.ReadAllText(ChartFiles.Dashboard));

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = 300_000)]
    public async Task Panels_EveryQuery_ReturnsData()
    {
        await using var site = await Site.StartAsync("good", "bad");
        site.Describe("environment: prod, owner: search, expires: 2031-01-31");
        await site.RunAsync("check", "--no-alerts");
        site.Revoke("bad");
        await site.AgeAsync();
        await using var service = await Service.StartAsync(site);
        await site.Inbox.NextAsync(Token);
        await using var prometheus = await Prometheus.StartAsync(service.Target);
        await Eventually.TrueAsync(
            async () => (await prometheus.QueryAsync("keyrotator_job_last_success_timestamp_seconds")).Count > 5, "jobs ran", Token);

        foreach (var query in Queries())
        {
            await Eventually.TrueAsync(async () => (await prometheus.QueryAsync(query)).Count > 0, $"there is data for {query}", Token);
        }

        (await prometheus.QueryAsync("last_over_time(keyrotator_job_last_success_timestamp_seconds{job_name=\"check\"}[1m])"))
            .Count.ShouldBe(1);
        (await prometheus.QueryAsync(Queries().Single(query => query.Contains("keyrotator_job_last_success", StringComparison.Ordinal))))
            .Keys.ShouldNotContain(series => series.Contains("\"check\""), "nothing runs it by itself any more");
        (await prometheus.QueryAsync("last_over_time(keyrotator_keys{verdict=\"Rejected\", environment=\"prod\"}[1m])")).Values.ShouldBe([1]);
        (await prometheus.QueryAsync("count(last_over_time(keyrotator_key_expiration_timestamp_seconds[1m]) == 1927670400)"))
            .Values.ShouldBe([2]);
    }

    [Fact]
    public void Panels_All_HaveTitleQueryAndDataSource()
    {
        var ids = Panels().Select(panel => panel.GetProperty("id").GetInt32()).ToList();
        ids.ShouldBeUnique();
        Panels().Where(panel => panel.GetProperty("type").GetString() != "row").ShouldAllBe(panel =>
            panel.GetProperty("title").GetString() != "" && panel.GetProperty("targets").GetArrayLength() > 0
            && panel.GetProperty("datasource").GetProperty("uid").GetString() == "${datasource}");
    }

    [Fact]
    public void Dashboard_Variables_AreDataSourceEnvironmentAndProvider() => s_dashboard.GetProperty("templating").GetProperty("list")
        .EnumerateArray().Select(variable => variable.GetProperty("name").GetString()).ShouldBe(["datasource", "environment", "provider"]);

    [Fact]
    public void Queries_Metrics_AreAllInTheCatalogue()
    {
        var names = KeyRotator.Metrics.MetricCatalogue.All.Select(family => family.Name).ToHashSet();

        Queries().SelectMany(query => Regex.Matches(query, @"keyrotator_\w+").Select(match => match.Value))
            .Where(name => !names.Contains(Regex.Replace(name, "_(bucket|count|sum)$", "")) && !names.Contains(name)).ShouldBeEmpty();
    }

    private static JsonElement.ArrayEnumerator Panels() => s_dashboard.GetProperty("panels").EnumerateArray();

    private static IEnumerable<string> Queries() => Panels()
        .Where(panel => panel.TryGetProperty("targets", out _))
        .SelectMany(panel => panel.GetProperty("targets").EnumerateArray())
        .Select(target => target.GetProperty("expr").GetString()!
            .Replace("$environment", ".*", StringComparison.Ordinal)
            .Replace("$provider", ".*", StringComparison.Ordinal)
            .Replace("$__rate_interval", "1m", StringComparison.Ordinal));
}

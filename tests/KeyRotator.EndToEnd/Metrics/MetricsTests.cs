using KeyRotator.EndToEnd.Support;
using Shouldly;
using Xunit;

namespace KeyRotator.EndToEnd.Metrics;

/// <summary>What a scraper gets from a real process.</summary>
public sealed class MetricsTests
{
    private const string HookToken = "hook-token-7f3a9c01b7de55";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = 300_000)]
    public async Task Metrics_RealOutput_HasNoLintComplaint()
    {
        await using var site = await Site.StartAsync("one");
        await site.RunAsync("check", "--no-alerts");
        await using var service = await Service.StartAsync(site);
        var text = await WholeAsync(service);

        var lint = await Prometheus.ToolAsync(text, "check", "metrics");

        (lint.ExitCode, lint.Out + lint.Error).ShouldBe((0, ""));
        text.ShouldContain("keyrotator_key_verdict{key=\"one\",provider=\"mistral\",verdict=\"Accepted\",reason=\"Ok\"} 1\n");
    }

    [Theory(Timeout = 300_000)]
    [InlineData("application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5,*/*;q=0.1", "application/openmetrics-text; version=1.0.0; charset=utf-8", "\n# EOF\n")]
    [InlineData("text/plain", "text/plain; version=0.0.4; charset=utf-8", "\n")]
    [InlineData("application/openmetrics-text;version=1.0.0;q=0,text/plain", "text/plain; version=0.0.4; charset=utf-8", "\n")]
    [InlineData("application/openmetrics-text;version=2.0.0", "text/plain; version=0.0.4; charset=utf-8", "\n")]
    [InlineData("*/*", "text/plain; version=0.0.4; charset=utf-8", "\n")]
    public async Task Metrics_Asked_AnswersInTheWordsThatAreWanted(string accept, string type, string end)
    {
        await using var site = await Site.StartAsync("one");
        await using var service = await Service.StartAsync(site);

        var answer = await service.AskAsync("/metrics", accept);

        answer.Type.ShouldBe(type);
        answer.Text.ShouldEndWith(end);
        answer.Text.Contains("# EOF", StringComparison.Ordinal).ShouldBe(end.Contains("# EOF", StringComparison.Ordinal));
    }

    [Fact(Timeout = 300_000)]
    public async Task Metrics_HostileLabels_ComeThroughPrometheusUnchanged()
    {
        await using var site = await Site.StartAsync("one");
        site.Describe("""environment: "prod \"eu\" \\ {x=\"y\"} 1 keyrotator_build_info 7", owner: "Zoë 🗝" """);
        await using var service = await Service.StartAsync(site);
        await using var prometheus = await Prometheus.StartAsync(service.Target);

        IReadOnlyDictionary<string, double> known = new Dictionary<string, double>();
        await Eventually.TrueAsync(
            async () => (known = await prometheus.QueryAsync("keyrotator_key_expiry_known")).Count > 0, "the key is scraped", Token);
        var series = known.Keys.Single();

        var labels = System.Text.Json.JsonElement.Parse(series);
        labels.GetProperty("environment").GetString().ShouldBe("prod \"eu\" \\ {x=\"y\"} 1 keyrotator_build_info 7");
        labels.GetProperty("owner").GetString().ShouldBe("Zoë 🗝");
        (await prometheus.QueryAsync("last_over_time(keyrotator_build_info[1m])")).Values.ShouldBe([1]);
    }

    [Fact(Timeout = 300_000)]
    public async Task Metrics_AndOtlp_ShowNoSecret()
    {
        await using var receiver = await OtlpReceiver.StartAsync();
        await using var site = await Site.StartAsync("good", "bad");
        Send(site, receiver);
        site.Revoke("bad");
        await using var service = await Service.StartAsync(site);
        await site.Inbox.NextAsync(Token);
        await Eventually.TrueAsync(() => receiver.Metrics.Any(metric => metric.Name == "keyrotator.finding.opened.timestamp"), "the finding arrives", Token);

        var text = await WholeAsync(service);

        text.ShouldContain("reason=\"KeyRejected\"");
        var bodies = string.Concat(receiver.Requests.Select(request => System.Text.Encoding.Latin1.GetString(request.Body)));
        foreach (var told in (string[])[text, bodies, service.Process.Out, service.Process.Error])
        {
            site.ShouldHaveNoneIn(told, "a key");
            told.ShouldNotContain(HookToken);
            told.ShouldNotContain(site.Receiver.Secret);
            told.ShouldNotContain(site.Receiver.Url.Authority);
            told.ShouldNotContain(new Uri(site.Emulator.BaseUrl("mistral").ToString()).Authority);
        }

        receiver.Requests.ShouldAllBe(request => request.Token == HookToken && request.Path == "/v1/metrics");
    }

    [Fact(Timeout = 300_000)]
    public async Task Otlp_OfTheService_TellsWhatMetricsTell()
    {
        await using var receiver = await OtlpReceiver.StartAsync();
        await using var site = await Site.StartAsync("one");
        Send(site, receiver);
        await site.RunAsync("check", "--no-alerts");
        await using var service = await Service.StartAsync(site);
        var text = await WholeAsync(service);
        var told = KeyRotator.Metrics.MetricCatalogue.All.Where(family => text.Contains($"\n{family.Name}", StringComparison.Ordinal) && !family.IsRecorded)
            .Select(family => family.OtelName).Append("keyrotator.job.duration").ToList();
        await Eventually.TrueAsync(
            () => !told.Except(receiver.Metrics.Select(metric => metric.Name)).Any(), $"these arrive: {string.Join(' ', told)}", Token);

        var metrics = receiver.Metrics;
        var verdict = metrics.First(metric => metric.Name == "keyrotator.key.verdict");
        verdict.Attributes.ShouldBe(["key=one", "provider=mistral", "verdict=Accepted", "reason=Ok"], ignoreOrder: true);
        verdict.Value.ShouldBe(1);
        verdict.Service.ShouldContain("service.name=keyrotator");
        verdict.Service.ShouldContain("service.version=0.1.0");
        verdict.Service.ShouldContain(pair => pair.StartsWith($"service.instance.id={Environment.MachineName}:", StringComparison.Ordinal));
        metrics.First(metric => metric.Name == "keyrotator.key.last_check.timestamp").Unit.ShouldBe("s");
        metrics.Where(metric => metric.IsSum).Select(metric => metric.Name).ShouldContain("keyrotator.config.reload_failures");
        metrics.Where(metric => metric.Name == "keyrotator.rotations.ended")
            .ShouldAllBe(metric => !metric.IsSum, "a process that starts does not begin to count what stands in the database");
    }

    [Fact(Timeout = 300_000)]
    public async Task Otlp_VerdictChanges_TheOneBeforeIsToldNoMore()
    {
        await using var receiver = await OtlpReceiver.StartAsync();
        await using var site = await Site.StartAsync("one");
        Send(site, receiver);
        await using var service = await Service.StartAsync(site);
        bool Tells(OtlpRequest request, string verdict) => OtlpDecoder.Read(request.Body)
            .Any(metric => metric.Name == "keyrotator.key.verdict" && metric.Attributes.Contains($"verdict={verdict}"));
        await Eventually.TrueAsync(() => receiver.Requests.Any(request => Tells(request, "Accepted")), "it is accepted", Token);

        site.Revoke("one");
        await site.AgeAsync();
        await Eventually.TrueAsync(() => receiver.Requests.Any(request => Tells(request, "Rejected")), "it is rejected", Token);

        receiver.Requests.Count(request => Tells(request, "Accepted") && Tells(request, "Rejected")).ShouldBe(0);
    }

    [Fact(Timeout = 300_000)]
    public async Task Otlp_OfACheck_IsSentOnceAtItsEnd()
    {
        await using var receiver = await OtlpReceiver.StartAsync();
        await using var site = await Site.StartAsync("one");
        Send(site, receiver);
        site.Environment["OTEL_EXPORTER_OTLP_TIMEOUT"] = "120000";

        var ended = await site.RunAsync("check", "--no-alerts");

        (ended.ExitCode, ended.Error).ShouldBe((0, ""));
        receiver.Requests.Count.ShouldBe(1);
        var metrics = receiver.Metrics;
        metrics.Single(metric => metric.Name == "keyrotator.key.verdict").Attributes.ShouldContain("verdict=Accepted");
        metrics.Single(metric => metric.Name == "keyrotator.job.last_success.timestamp").Attributes.ShouldBe(["job_name=check"]);
        metrics.Where(metric => metric.Name == "keyrotator.probe.duration" && metric.Attributes.Contains("verdict=Accepted"))
            .Sum(metric => metric.Value).ShouldBe(1);
    }

    [Theory(Timeout = 300_000)]
    [InlineData(null)]
    [InlineData(503)]
    public async Task Otlp_ReceiverFails_TheCheckSucceedsAllTheSame(int? status)
    {
        await using var receiver = await OtlpReceiver.StartAsync();
        receiver.Status = status;
        await using var site = await Site.StartAsync("one");
        Send(site, receiver);

        var ended = await site.RunAsync("check", "--no-alerts");

        ended.ExitCode.ShouldBe(0);
        ended.Error.ShouldBe("The metrics were not taken by the receiver that OTEL_EXPORTER_OTLP_ENDPOINT names.\n");
    }

    [Fact(Timeout = 300_000)]
    public async Task Otlp_ReceiverHangs_TheServiceStopsInTime()
    {
        await using var receiver = await OtlpReceiver.StartAsync();
        receiver.Status = null;
        await using var site = await Site.StartAsync("one");
        Send(site, receiver);
        await using var service = await Service.StartAsync(site);
        await Eventually.TrueAsync(() => receiver.Requests.Count > 0, "an export is under way", Token);

        (await service.StopAsync()).ExitCode.ShouldBe(0);
    }

    [Theory(Timeout = 300_000)]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT", "collector:4318", "run", "OTEL_EXPORTER_OTLP_ENDPOINT is no address of a collector. Write http://collector:4318, without user and password.\n")]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT", "http://user:secret@collector", "check", "OTEL_EXPORTER_OTLP_ENDPOINT is no address of a collector. Write http://collector:4318, without user and password.\n")]
    [InlineData("KEYROTATOR_METRICS_KEYS", "some", "run", "KEYROTATOR_METRICS_KEYS is neither all nor none.\n")]
    public async Task Variable_Wrong_IsRefused(string name, string value, string verb, string error)
    {
        await using var site = await Site.StartAsync("one");
        site.Environment[name] = value;

        var ended = await site.RunAsync(verb);

        (ended.ExitCode, ended.Error).ShouldBe((2, error));
    }

    [Fact(Timeout = 300_000)]
    public async Task Metrics_KeysUnwanted_HaveNoneOfTheirOwn()
    {
        await using var site = await Site.StartAsync("one");
        site.Environment["KEYROTATOR_METRICS_KEYS"] = "none";
        await using var service = await Service.StartAsync(site);

        var text = await WholeAsync(service);

        text.ShouldNotContain("keyrotator_key_");
        text.ShouldContain("keyrotator_keys{provider=\"mistral\"");
    }

    // A scrape that the database answers too late has not its figures.
    private static async Task<string> WholeAsync(Service service)
    {
        var text = "";
        await Eventually.TrueAsync(
            async () => (text = await service.GetAsync("/metrics")).Contains("\nkeyrotator_keys{", StringComparison.Ordinal),
            "the database's figures are there", Token);
        return text["200 ".Length..];
    }

    private static void Send(Site site, OtlpReceiver receiver)
    {
        site.Environment["OTEL_EXPORTER_OTLP_ENDPOINT"] = receiver.Address;
        site.Environment["OTEL_EXPORTER_OTLP_HEADERS"] = $"x-token={HookToken}";
        site.Environment["OTEL_METRIC_EXPORT_INTERVAL"] = "1000";
    }
}

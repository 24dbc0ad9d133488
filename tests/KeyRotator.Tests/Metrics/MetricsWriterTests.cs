using KeyRotator.Metrics;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Metrics;

public sealed class MetricsWriterTests : IDisposable
{
    private readonly RecordedMetrics _recorded = new();
    private readonly MetricsSnapshot _snapshot;

    public MetricsWriterTests() => _snapshot = new(_recorded);

    public void Dispose() => _recorded.Dispose();

    [Fact]
    public async Task Write_Prometheus_HasHeadOnceAndASampleALine()
    {
        _snapshot.Add(DeliveryMetrics.Attempts, [new(9, "audit", "delivered"), new(4, "ops", "retried")]);
        _snapshot.Add(DeliveryMetrics.HeartbeatTakenAt, 1795255200.5);

        var text = await Rendered.TextAsync(_snapshot);

        text.ShouldContain(
            """
            # HELP keyrotator_notifications_total Attempts of this process to deliver alerts, by channel and how they ended.
            # TYPE keyrotator_notifications_total counter
            keyrotator_notifications_total{channel="audit",result="delivered"} 9
            keyrotator_notifications_total{channel="ops",result="retried"} 4
            # HELP keyrotator_heartbeat_last_success_timestamp_seconds When the watchdog last took the heartbeat.
            # TYPE keyrotator_heartbeat_last_success_timestamp_seconds gauge
            keyrotator_heartbeat_last_success_timestamp_seconds 1795255200.5

            """);
        text.ShouldNotContain("# EOF");
    }

    [Fact]
    public async Task Write_OpenMetrics_NamesCountersWithoutSuffixHasUnitsAndAnEnd()
    {
        _snapshot.Add(DeliveryMetrics.Attempts, [new(9, "audit", "delivered")]);
        _snapshot.Add(DeliveryMetrics.HeartbeatTakenAt, 1);

        var text = await Rendered.TextAsync(_snapshot, TextDialect.OpenMetrics);

        text.ShouldContain(
            """
            # TYPE keyrotator_notifications counter
            keyrotator_notifications_total{channel="audit",result="delivered"} 9

            """);
        text.ShouldContain("# UNIT keyrotator_heartbeat_last_success_timestamp_seconds seconds\n");
        text.ShouldEndWith("\n# EOF\n");
    }

    [Theory]
    [InlineData("a\"b", "a\\\"b")]
    [InlineData("a\\b", "a\\\\b")]
    [InlineData("a\nb", "a\\nb")]
    [InlineData("\"} 1\nkeyrotator_key_verdict 7\n", "\\\"} 1\\nkeyrotator_key_verdict 7\\n")]
    [InlineData("ключ 🗝", "ключ 🗝")]
    public async Task Write_LabelWithAnything_StaysOneLabel(string value, string written)
    {
        _snapshot.Add(KeyMetrics.ExpiryKnown, [new(1, "k", "mistral", value, value)]);

        (await Rendered.TextAsync(_snapshot)).Split('\n').ShouldContain(
            $"keyrotator_key_expiry_known{{key=\"k\",provider=\"mistral\",environment=\"{written}\",owner=\"{written}\"}} 1");
    }

    [Fact]
    public async Task Write_LabelWithHalfACharacter_IsValidText()
    {
        _snapshot.Add(KeyMetrics.ExpiryKnown, [new(1, "k", "mistral", null, "a" + (char)0xD800)]);

        (await Rendered.TextAsync(_snapshot)).ShouldContain(",owner=\"a\uFFFD\"} 1\n");
    }

    [Fact]
    public async Task Write_LabelMissing_IsLeftOut()
    {
        _snapshot.Add(KeyMetrics.ExpiryKnown, [new(0, "k", "mistral", null, "")]);

        (await Rendered.TextAsync(_snapshot)).ShouldContain("\nkeyrotator_key_expiry_known{key=\"k\",provider=\"mistral\"} 0\n");
    }

    [Fact]
    public async Task Write_LongLabel_IsCut()
    {
        _snapshot.Add(KeyMetrics.ExpiryKnown, [new(0, "k", "mistral", null, new string('x', 1000))]);

        (await Rendered.TextAsync(_snapshot)).ShouldContain($"owner=\"{new string('x', TextLines.MostLetters)}\"}} 0\n");
    }

    [Fact]
    public async Task Write_MoreThanAPiece_IsWhole()
    {
        const int Keys = 5000;
        _snapshot.Add(KeyMetrics.ExpiryKnown, Enumerable.Range(0, Keys).Select(number => new Sample(1, $"key-{number}", "p", null, null)));

        Rendered.Samples(await Rendered.TextAsync(_snapshot), "keyrotator_key_expiry_known{").Distinct().Count().ShouldBe(Keys);
    }

    [Fact]
    public async Task Write_Histogram_CountsWhatIsBelowEachBound()
    {
        var provider = Guid.NewGuid().ToString("N");
        _recorded.Expect(ProviderMetrics.ProbeDuration, provider, "Rejected");
        foreach (var seconds in (double[])[0.05, 0.06, 1, 30])
        {
            Instruments.ProbeDuration.Record(seconds, new("provider", provider), new("verdict", "Accepted"));
        }

        var lines = Rendered.Samples(await Rendered.TextAsync(_snapshot), "keyrotator_probe_duration_seconds_");

        string[] counts = [.. lines.Where(line => line.Contains($"{provider}\",verdict=\"Accepted")).Select(line => line.Split("verdict=")[1])];
        counts.ShouldBe(
        [
            "\"Accepted\",le=\"0.05\"} 1", "\"Accepted\",le=\"0.1\"} 2", "\"Accepted\",le=\"0.25\"} 2", "\"Accepted\",le=\"0.5\"} 2",
            "\"Accepted\",le=\"1.0\"} 3", "\"Accepted\",le=\"2.5\"} 3", "\"Accepted\",le=\"5.0\"} 3", "\"Accepted\",le=\"10.0\"} 3",
            "\"Accepted\",le=\"20.0\"} 3", "\"Accepted\",le=\"+Inf\"} 4", "\"Accepted\"} 31.11", "\"Accepted\"} 4",
        ]);
        lines.ShouldContain($"keyrotator_probe_duration_seconds_count{{provider=\"{provider}\",verdict=\"Rejected\"}} 0");
    }

    [Fact]
    public async Task Write_CounterAndGauge_AreSumAndLast()
    {
        var name = Guid.NewGuid().ToString("N");
        Instruments.StoreFailures.Add(1, new("store", name), new("cause", "denied"));
        Instruments.StoreFailures.Add(2, new("cause", "denied"), new("store", name));
        Instruments.RateLimitRemaining.Record(7, new KeyValuePair<string, object?>("provider", name));
        Instruments.RateLimitRemaining.Record(5, new KeyValuePair<string, object?>("provider", name));

        var text = await Rendered.TextAsync(_snapshot);

        text.ShouldContain($"\nkeyrotator_store_failures_total{{store=\"{name}\",cause=\"denied\"}} 3\n");
        text.ShouldContain($"\nkeyrotator_provider_rate_limit_remaining{{provider=\"{name}\"}} 5\n");
    }
}

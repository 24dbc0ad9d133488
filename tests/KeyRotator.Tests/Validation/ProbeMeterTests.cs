using KeyRotator.Metrics;
using KeyRotator.Providers;
using KeyRotator.Tests.Support;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Validation;

/// <summary>What is counted of probes.</summary>
public sealed class ProbeMeterTests : IDisposable
{
    private readonly RecordedMetrics _recorded = new();
    private readonly ProviderInstance _instance = A.Instance("tiny", new Uri("https://tiny.example")) with { Name = $"tiny-{Guid.NewGuid():N}" };

    public void Dispose() => _recorded.Dispose();

    [Fact]
    public async Task Probe_Answered_IsCountedByVerdictAndReason()
    {
        await ProbeAsync(new ScriptedHttp().Answer(200, Wire.Models));
        await ProbeAsync(new ScriptedHttp().Answer(500, ""));

        Told(ProviderMetrics.Probes).ShouldBe(["Accepted Ok: 1", "Inconclusive ProviderError: 1"], ignoreOrder: true);
        _recorded.Of(ProviderMetrics.ProbeDuration).Where(IsOurs).Sum(series => series.Read().Counts.Sum()).ShouldBe(2);
    }

    [Fact]
    public async Task Probe_NotSent_IsNotCounted()
    {
        using var proving = new Proving(pooled: new ScriptedHttp().Invoker());

        await proving.ProbeAsync(_instance with { Probe = false });

        Told(ProviderMetrics.Probes).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("x-ratelimit-remaining-requests", "59", new[] { ": 59" })]
    [InlineData("anthropic-ratelimit-requests-remaining", "0", new[] { ": 0" })]
    [InlineData("x-ratelimit-remaining-requests", "-1", new string[0])]
    [InlineData("x-ratelimit-remaining-requests", "sk-canary", new string[0])]
    [InlineData("x-ratelimit-remaining-requests", "99999999999999999999", new string[0])]
    [InlineData("x-other", "59", new string[0])]
    public async Task Probe_RateLimitHeader_IsTakenWhereItIsANumber(string header, string value, string[] told)
    {
        await ProbeAsync(new ScriptedHttp().Answer(200, Wire.Models, headers: (header, value)));

        Told(ProviderMetrics.Remaining).ShouldBe(told);
    }

    [Fact]
    public async Task Probe_Date_TellsHowFarTheClockIsAhead()
    {
        await ProbeAsync(new ScriptedHttp().Answer(200, Wire.Models, headers: ("Date", "Sat, 21 Nov 2026 09:59:00 GMT")));

        Told(ProviderMetrics.ClockOffset).ShouldBe([": 60"]);
    }

    private async Task ProbeAsync(ScriptedHttp far)
    {
        using var proving = new Proving(pooled: far.Invoker());
        await proving.ProbeAsync(_instance);
    }

    private bool IsOurs(RecordedSeries series) => series.Labels[0] == _instance.Name;

    private IEnumerable<string> Told(MetricFamily family) => _recorded.Of(family).Where(IsOurs)
        .Select(series => $"{string.Join(' ', series.Labels.Skip(1))}: {series.Read().Value}");
}

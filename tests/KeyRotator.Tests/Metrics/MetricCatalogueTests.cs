using System.Text.RegularExpressions;
using KeyRotator.Metrics;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Metrics;

public sealed partial class MetricCatalogueTests
{
    private static readonly string[] s_free =
    [
        "key", "provider", "environment", "owner", "subject", "store", "channel", "job_name", "version", "commit", // configured names
        "kind", "reason", "severity", "state", "verdict", "phase", "result", "cause", "database", // members of an enumeration
    ];

    public static TheoryData<string> Names => [.. MetricCatalogue.All.Select(family => family.OtelName)];

    [Fact]
    public void Names_All_AreUnique() => MetricCatalogue.All.Select(family => family.Name).ShouldBeUnique();

    [Theory]
    [MemberData(nameof(Names))]
    public void Family_Name_KeepsTheConventions(string otelName)
    {
        var family = Find(otelName);

        OtelName().IsMatch(family.OtelName).ShouldBeTrue();
        family.OtelName.ShouldNotContain("total");
        family.Name.EndsWith("_total", StringComparison.Ordinal).ShouldBe(family.Kind is MetricKind.Counter);
        (family.OtelName.EndsWith("timestamp", StringComparison.Ordinal) && family.Unit != "s").ShouldBeFalse();
        family.Name.StartsWith("keyrotator_", StringComparison.Ordinal).ShouldBeTrue();
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Family_Labels_AreBounded(string otelName) => Find(otelName).Labels.Except(s_free).ShouldBeEmpty();

    [Theory]
    [MemberData(nameof(Names))]
    public void Family_Help_IsOnePlainSentence(string otelName)
    {
        var help = Find(otelName).Help;

        help.ShouldEndWith(".");
        help.IndexOfAny(['\\', '"', '\n']).ShouldBe(-1);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Family_Buckets_BelongToHistogramsAndAscend(string otelName)
    {
        var family = Find(otelName);

        (family.Buckets.Count > 0).ShouldBe(family.Kind is MetricKind.Histogram);
        family.Buckets.ShouldBe(family.Buckets.Distinct().Order());
    }

    private static MetricFamily Find(string otelName) => MetricCatalogue.All.Single(family => family.OtelName == otelName);

    [GeneratedRegex(@"^keyrotator(\.[a-z]+(_[a-z]+)*)+$")]
    private static partial Regex OtelName();
}

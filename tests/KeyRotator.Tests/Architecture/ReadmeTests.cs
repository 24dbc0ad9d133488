using System.Text.RegularExpressions;
using KeyRotator.Findings;
using KeyRotator.Metrics;
using KeyRotator.Providers;
using KeyRotator.Stores;
using KeyRotator.Tests.Support;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Architecture;

/// <summary>The README's tables say what the code does.</summary>
public sealed partial class ReadmeTests
{
    private static readonly string s_readme = File.ReadAllText(Path.Combine(Repository.Root, "README.md"));

    [Fact]
    public void Findings_Table_HasEveryReasonWithSeverityAndSentence()
    {
        var rows = Finding().Matches(s_readme)
            .Select(match => (match.Groups["reason"].Value, match.Groups["severity"].Value, match.Groups["sentence"].Value));

        rows.ShouldBe(
            FindingCatalog.Reasons.Select(reason => (reason.ToString(), FindingCatalog.DefaultSeverity(reason).ToString().ToLowerInvariant(), FindingCatalog.Sentence(reason))),
            ignoreOrder: true);
    }

    [Fact]
    public void Providers_Table_HasEveryKindWithItsVariable()
    {
        var rows = Provider().Matches(Section("Providers")).Select(match => (match.Groups["kind"].Value, match.Groups["variable"].Value));

        rows.ShouldBe(KeyProviders.All.Select(provider => (provider.Kind, provider.Profile.Variables is [var first, ..] ? first : "")), ignoreOrder: true);
    }

    [Fact]
    public void Stores_Table_HasEveryKind() =>
        Kind().Matches(Section("Stores")).Select(match => match.Groups["kind"].Value).ShouldBe(SecretStores.Kinds, ignoreOrder: true);

    [Fact]
    public void Metrics_Table_HasEveryMetricAsTheCatalogueHasIt() =>
        Metric().Matches(Section("Metrics")).Select(match => match.Value).ShouldBe(MetricCatalogue.All.Select(family =>
            $"| `{family.Name}` | {family.Kind.ToString().ToLowerInvariant()} | {string.Join(", ", family.Labels.Select(label => $"`{label}`"))} | {family.Help} |"));

    private static string Section(string title)
    {
        var start = s_readme.IndexOf($"\n## {title}\n", StringComparison.Ordinal);
        return s_readme[start..s_readme.IndexOf("\n## ", start + 1, StringComparison.Ordinal)];
    }

    [GeneratedRegex(@"^\| `(?<reason>[A-Z]\w+)` \| (?<severity>critical|warning|info) \| (?<sentence>.+) \|$", RegexOptions.Multiline)]
    private static partial Regex Finding();

    [GeneratedRegex(@"^\| `(?<kind>[a-z-]+)` \| (`(?<variable>\w+)`)? ?\| .+ \|$", RegexOptions.Multiline)]
    private static partial Regex Provider();

    [GeneratedRegex(@"^\| `keyrotator_\w+` \| .+ \|$", RegexOptions.Multiline)]
    private static partial Regex Metric();

    [GeneratedRegex(@"^\| `(?<kind>[a-z-]+)` \|", RegexOptions.Multiline)]
    private static partial Regex Kind();
}

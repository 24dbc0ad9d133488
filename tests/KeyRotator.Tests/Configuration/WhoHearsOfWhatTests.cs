using KeyRotator.Alerts;
using KeyRotator.Configuration;
using KeyRotator.Findings;
using KeyRotator.Ledger;
using KeyRotator.Tests.Alerts;
using KeyRotator.Tests.Support;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Configuration;

/// <summary>The README's example of routing: its table is what its configuration does.</summary>
public sealed class WhoHearsOfWhatTests
{
    private static readonly string s_page = Page();

    public static TheoryData<string, string, Severity, string> Rows => new()
    {
        { "KeyRejected", "search-prod", Severity.Critical, "`KeyRejected` of `search-prod` | critical | {0}" },
        { "KeyRejected", "ads-dev", Severity.Critical, "`KeyRejected` of `ads-dev` | critical | {0}" },
        { "KeyExpiring", "ads-prod", Severity.Warning, "`KeyExpiring` of `ads-prod`, in 30 days | warning | {0} on Monday at 08:00 UTC" },
        { "ProviderOutage", "openai", Severity.Critical, "`ProviderOutage` of `openai` | critical | {0}" },
        { "AlertDeliveryFailing", "pager", Severity.Critical, "`AlertDeliveryFailing` of `pager` | critical | {0}" },
        { "ModelFloating", "gateway-prod", Severity.Info, "`ModelFloating` of `gateway-prod` | info | {0}" },
    };

    [Fact]
    public void Example_Loaded_HasNeitherFaultsNorWarnings()
    {
        var result = Load();

        result.Faults.ShouldBeEmpty();
        result.Warnings.ShouldBeEmpty();
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public void Table_Row_IsWhatTheRoutesDo(string reason, string subject, Severity severity, string row)
    {
        var settings = Load().Settings!;
        var key = new FindingKey(new(FindingRange.Subject(Enum.Parse<FindingReason>(reason)), subject), Enum.Parse<FindingReason>(reason), 0, "");
        var facts = new FindingWriter(settings, new(settings.Keys), "installation").Facts(key, new FindingTerms { At = AnAlert.At });

        var routed = AlertRouter.Route(
            AnAlert.Finding(subject, key.Reason, severity) with
            {
                SubjectKind = key.Subject.Kind,
                Provider = facts.Provider,
                Environment = facts.Environment,
                Owner = facts.Owner,
                Store = facts.Store,
                Labels = facts.Labels,
            },
            settings.Routes);

        s_page.ShouldContain(string.Format(null, $"| {row} |", string.Join(", ", routed.Select(one => $"`{one.Channel}`"))));
        routed.Any(one => one.Route.Digest is QuietDigest.Weekly && one.Channel == "ops").ShouldBe(row.Contains("Monday"));
    }

    private static LoadResult Load()
    {
        using var folder = new SettingsFolder();
        var yaml = s_page.Split("```yaml\n")[1].Split("```")[0];
        return SettingsLoader.Load(folder.Write("keyrotator.yaml", yaml), name => name switch
        {
            "PAGERDUTY_ROUTING_KEY" => new string('0', 32),
            "WEBHOOK_SECRET" => "whsec_" + Convert.ToBase64String(new byte[32]),
            "KEYROTATOR_DATABASE" => null,
            _ => "https://hooks.example/x",
        });
    }

    private static string Page() =>
        File.ReadAllText(Path.Combine(Repository.Root, "README.md")).Split("### Who hears of what")[1].Split("\n## ")[0];
}

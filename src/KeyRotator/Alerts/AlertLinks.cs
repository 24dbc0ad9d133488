namespace KeyRotator.Alerts;

/// <summary>The pages that help with an alert.</summary>
internal static class AlertLinks
{
    /// <summary>What all its links together take at most, in bytes of JSON.</summary>
    public const int MostBytes = 1_500;

    /// <summary>The links that hold for every finding that it names.</summary>
    public static IReadOnlyList<AlertLink> Of(Alert alert)
    {
        var console = Common(alert.Findings.Select(finding => AlertText.Link(finding.ConsoleUrl)));
        var runbook = Common(alert.Findings.Select(finding => AlertText.Guide(finding.RunbookUrl)));
        return
        [
            .. console is null ? (IReadOnlyList<AlertLink>)[] : [new("The provider's console", console)],
            .. runbook is null ? (IReadOnlyList<AlertLink>)[] : [new("Runbook", runbook)],
        ];
    }

    private static string? Common(IEnumerable<string?> urls) => urls.Distinct(StringComparer.Ordinal).ToList() is [{ } url] ? url : null;
}

/// <summary>A page that helps.</summary>
/// <param name="Label">What it is.</param>
/// <param name="Url">Where it is, without user information and query.</param>
internal sealed record AlertLink(string Label, string Url);

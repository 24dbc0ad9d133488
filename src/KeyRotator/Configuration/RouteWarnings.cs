using KeyRotator.Alerts;
using KeyRotator.Configuration.Shapes;
using KeyRotator.Findings;

namespace KeyRotator.Configuration;

/// <summary>Critical findings that nobody would hear of, and routes that nothing matches now.</summary>
internal sealed class RouteWarnings(SettingsDraft draft, Settings settings, FaultList faults)
{
    private const int MostNamed = 3;
    private readonly Position _at = draft.Alerts.Routes?.At ?? new(0, 1, 1);

    // A route that asks for little hears much: with it first, most subjects need one look.
    private readonly List<AlertRoute> _hearing =
    [
        .. settings.Routes.Where(route => RouteMatcher.IsAsked(route, Severity.Critical)).OrderBy(Matchers),
    ];

    /// <summary>Records every warning there is.</summary>
    public void Run()
    {
        if (settings.Channels.Count == 0)
        {
            faults.Warn(new(0, 1, 1), "alerts", "no channel is configured: findings stand in `status` and in exit codes only");
            return;
        }

        var subjects = new RouteSubjects(settings.Routes).Of(settings.Keys);
        WarnOfKeys(subjects);
        WarnOfOthers();
        WarnOfSelves();
        new IdleRoutes(draft, settings, faults).Run(subjects);
    }

    private void WarnOfKeys(IReadOnlyList<RouteSubject> subjects)
    {
        var unheard = subjects.Select(subject => (Subject: subject, Reasons: Unheard(subject)))
            .Where(one => one.Reasons.Count > 0)
            .GroupBy(one => string.Join(',', one.Reasons), StringComparer.Ordinal);
        foreach (var alike in unheard)
        {
            var (first, reasons) = alike.First();
            var what = reasons.Count == first.Critical.Count ? "anything critical" : Few(reasons.Select(reason => reason.ToString()));
            var keys = alike.Select(one => one.Subject).ToList();
            var count = keys.Sum(subject => subject.Keys);
            var names = string.Join(", ", keys.Take(MostNamed).Select(subject => $"`{subject.Sample.Subject}`"));
            faults.Warn(_at, "alerts.routes", $"nobody would hear of {what} about {(count == 1 ? "1 key" : $"{count} keys")}, "
                + $"{(count > 1 ? "such as " : "")}{names}: {Advice}");
        }
    }

    private List<FindingReason> Unheard(RouteSubject subject)
    {
        var left = new List<FindingReason>(subject.Critical);
        foreach (var route in _hearing)
        {
            if (left.Count == 0)
            {
                break;
            }

            if (RouteMatcher.IsAbout(route, subject.Sample))
            {
                left.RemoveAll(reason => RouteMatcher.IsAsked(route, reason));
            }
        }

        return left;
    }

    private void WarnOfOthers()
    {
        var used = settings.Keys.Select(key => key.Provider).Distinct(StringComparer.Ordinal);
        IEnumerable<AlertFinding> others =
        [
            About(SubjectKind.Audit, FindingReason.AuditBroken, ""),
            About(SubjectKind.Key, FindingReason.RotationStalled, "a key that the file names no more"),
            .. used.Select(name => About(SubjectKind.Provider, FindingReason.ProviderOutage, name) with { Provider = name }),
            .. settings.Channels.Keys.Select(Failing),
        ];
        var unheard = others.Where(finding => !_hearing.Any(route => RouteMatcher.Matches(route, finding)))
            .GroupBy(finding => finding.Reason)
            .Select(alike => alike.Key is FindingReason.AuditBroken
                ? alike.Key.ToString()
                : $"{alike.Key} of {Few(alike.Select(finding => finding.Subject))}");
        if (unheard.ToList() is { Count: > 0 } reasons)
        {
            faults.Warn(_at, "alerts.routes",
                $"nobody would hear of {string.Join("; ", reasons)}: they have no environment, owner or labels; {Advice}");
        }
    }

    // Whoever cannot be reached cannot be told so.
    private void WarnOfSelves()
    {
        var mute = settings.Heartbeat is not null ? [] : settings.Channels.Keys
            .Where(channel => _hearing.Any(route => RouteMatcher.Matches(route, Failing(channel)))
                && AlertRouter.Route(Failing(channel), settings.Routes).Count == 0).ToList();
        if (mute is [var first, ..])
        {
            faults.Warn(draft.Alerts.Channels[first].At, $"alerts.channels.{first}",
                $"nobody would hear that alerts do not reach {Few(mute.Select(channel => $"`{channel}`"))}: "
                    + "add a second channel or a heartbeat");
        }
    }

    private string Advice => $"end `routes` with `{{ channels: [{settings.Channels.Keys.First()}] }}`, which asks for nothing";

    private static AlertFinding Failing(string channel) => About(SubjectKind.Channel, FindingReason.AlertDeliveryFailing, channel);

    private static AlertFinding About(SubjectKind kind, FindingReason reason, string subject) => new()
    {
        Id = "",
        Reason = reason,
        Severity = Severity.Critical,
        SubjectKind = kind,
        Subject = subject,
        Message = "",
        OpenedAt = default,
    };

    private static int Matchers(AlertRoute route) => route.Environments.Count + route.Providers.Count + route.Owners.Count
        + route.Reasons.Count + route.Stores.Count + route.Labels.Count;

    private static string Few(IEnumerable<string> names)
    {
        var all = names.ToList();
        return string.Join(", ", all.Take(MostNamed)) + (all.Count > MostNamed ? $" and {all.Count - MostNamed} more" : "");
    }
}

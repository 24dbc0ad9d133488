using KeyRotator.State;

namespace KeyRotator.Alerts;

/// <summary>What becomes of messages that gathered.</summary>
internal enum PlannedKind
{
    /// <summary>Told by itself.</summary>
    Alone = 0,

    /// <summary>One message tells them all.</summary>
    Together,

    /// <summary>Not told: the incident they belong to goes on.</summary>
    Folded,
}

/// <summary>A message to be, or what is not told.</summary>
/// <param name="Kind">What becomes of the entries.</param>
/// <param name="Entries">Those that weigh most first.</param>
/// <param name="Tells">For <see cref="PlannedKind.Together"/>: the kind of the message.</param>
/// <param name="Incident">The incident of several findings that it goes on with or ends, or null.</param>
internal sealed record PlannedMessage(
    PlannedKind Kind, IReadOnlyList<GatheredMessage> Entries, AlertKind Tells = AlertKind.Digest, string? Incident = null);

/// <summary>Makes messages of what gathered in one group of one channel. Pure.</summary>
internal static class GroupPlan
{
    /// <summary>One entry a finding: its newest news; a reminder says less than any other.</summary>
    /// <param name="entries">The newest first.</param>
    public static IReadOnlyList<GatheredMessage> Newest(IReadOnlyList<GatheredMessage> entries) =>
    [
        .. entries.GroupBy(entry => entry.Finding)
            .Select(entries => entries.FirstOrDefault(entry => entry.Kind is not AlertKind.Reminder) ?? entries.First())
            .OrderBy(Weight)
            .ThenByDescending(entry => entry.Severity)
            .ThenBy(entry => entry.Finding),
    ];

    /// <summary>For a channel that takes messages: one.</summary>
    public static IReadOnlyList<PlannedMessage> Messages(IReadOnlyList<GatheredMessage> entries) => entries.Count switch
    {
        0 => [],
        1 => [new(PlannedKind.Alone, entries)],
        _ => [new(PlannedKind.Together, entries)],
    };

    /// <summary>For a channel that keeps incidents. What was not told before becomes one incident; a finding that has an incident goes on
    /// with it, and an incident of several ends with the last of them.</summary>
    /// <param name="entries">One a finding, those that weigh most first.</param>
    /// <param name="isOver">Whether no finding of an incident is open any more.</param>
    public static IReadOnlyList<PlannedMessage> Incidents(IReadOnlyList<GatheredMessage> entries, Func<string, bool> isOver)
    {
        var fresh = entries.Where(entry => entry is { Incident: null, WasTold: false }).ToList();
        var own = entries.Where(entry => entry is { Incident: null, WasTold: true });
        var shared = entries.Where(entry => entry.Incident is not null).GroupBy(entry => entry.Incident!, StringComparer.Ordinal);
        return
        [
            .. Messages(fresh),
            .. own.Select(entry => new PlannedMessage(PlannedKind.Alone, [entry])),
            .. shared.Select(incident => GoOn(incident.Key, [.. incident], isOver)),
        ];
    }

    private static PlannedMessage GoOn(string incident, IReadOnlyList<GatheredMessage> entries, Func<string, bool> isOver)
    {
        var open = entries.Where(entry => !entry.IsEnd).ToList();
        if (open.Count == 0)
        {
            return isOver(incident)
                ? new(PlannedKind.Together, entries, AlertKind.Resolved, incident)
                : new(PlannedKind.Folded, entries, Incident: incident);
        }

        var tells = open.All(entry => entry.Kind is AlertKind.Reminder) ? AlertKind.Reminder : AlertKind.Trigger;
        return new(PlannedKind.Together, entries, tells, incident);
    }

    private static int Weight(GatheredMessage entry) => entry.Kind switch
    {
        AlertKind.Reminder => 1,
        AlertKind.Resolved or AlertKind.Withdrawn => 2,
        _ => 0,
    };
}

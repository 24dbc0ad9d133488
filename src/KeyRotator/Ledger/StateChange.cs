using System.Globalization;
using KeyRotator.Alerts;
using KeyRotator.State;

namespace KeyRotator.Ledger;

/// <summary>From what a receiver was told to what it is to be told. Pure.</summary>
/// <param name="Firing">What fires, each identity once.</param>
/// <param name="Ended">What it was told and fires no more.</param>
/// <param name="News">What is to be remembered anew: of several findings of an identity the one that was opened first.</param>
internal sealed record StateChange(
    IReadOnlyList<AlertFinding> Firing, IReadOnlyList<AlertFinding> Ended, IReadOnlyList<ToldState> News)
{
    private const int MostMessages = 3;

    /// <summary>Compares them.</summary>
    /// <param name="told">What the receiver was told, ends among it.</param>
    /// <param name="firing">The findings that fire, in any number for an identity.</param>
    /// <param name="identityOf">What the receiver tells them apart by.</param>
    /// <param name="ends">When findings ended lately (UTC), by id.</param>
    /// <param name="now">When (UTC): the end of what fires no more and is in nobody's memory, such as a former severity.</param>
    public static StateChange Between(
        IReadOnlyList<ToldState> told,
        IEnumerable<AlertFinding> firing,
        Func<AlertFinding, string> identityOf,
        IReadOnlyDictionary<string, DateTimeOffset> ends,
        DateTimeOffset now)
    {
        var fires = firing.GroupBy(identityOf, StringComparer.Ordinal).ToDictionary(group => group.Key, Merge, StringComparer.Ordinal);
        var known = told.Where(one => one.EndedAt is null).ToDictionary(one => one.Identity, one => one.Finding.Id, StringComparer.Ordinal);
        var ended = told.Where(one => !fires.ContainsKey(one.Identity))
            .Select(one => one.EndedAt is null ? End(one, ends, now) : one)
            .ToList();
        var news = fires.Where(one => known.GetValueOrDefault(one.Key) != one.Value.Id)
            .Select(one => new ToldState(one.Key, one.Value, null))
            .Concat(ended.Where(one => known.ContainsKey(one.Identity)));
        return new([.. fires.Values], [.. ended.Select(one => one.Finding)], [.. news]);
    }

    private static ToldState End(ToldState told, IReadOnlyDictionary<string, DateTimeOffset> ends, DateTimeOffset now)
    {
        var end = ends.TryGetValue(told.Finding.Id, out var resolvedAt) && resolvedAt < now ? resolvedAt : now;
        return told with { Finding = told.Finding with { ResolvedAt = end }, EndedAt = now };
    }

    private static AlertFinding Merge(IEnumerable<AlertFinding> group)
    {
        var findings = group.OrderBy(finding => finding.OpenedAt).ThenBy(finding => finding.Message, StringComparer.Ordinal).ToList();
        var messages = findings.Select(finding => finding.Message).Distinct(StringComparer.Ordinal).ToList();
        var more = messages.Count > MostMessages
            ? string.Create(CultureInfo.InvariantCulture, $" And {messages.Count - MostMessages} more.")
            : "";
        return findings[0] with { Message = string.Join(' ', messages.Take(MostMessages)) + more };
    }
}

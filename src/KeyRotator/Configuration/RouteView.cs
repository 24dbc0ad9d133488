using System.Globalization;
using System.Text.Json.Nodes;
using KeyRotator.Alerts;

namespace KeyRotator.Configuration;

/// <summary>Shows a route as the file would say it.</summary>
internal static class RouteView
{
    /// <summary>As a tree.</summary>
    public static JsonObject Describe(AlertRoute route)
    {
        var isQuiet = route.Digest is not QuietDigest.None;
        var match = Given(new()
        {
            ["environment"] = OneOrMore(route.Environments),
            ["provider"] = OneOrMore(route.Providers),
            ["owner"] = OneOrMore(route.Owners),
            ["reason"] = OneOrMore([.. route.Reasons.Select(reason => reason.ToString())]),
            ["severity"] = OneOrMore([.. route.Severities.Select(severity => severity.ToString().ToLowerInvariant())]),
            ["store"] = OneOrMore(route.Stores),
            ["labels"] = route.Labels.Count == 0
                ? null
                : new JsonObject(route.Labels.Select(label => KeyValuePair.Create(label.Key, OneOrMore(label.Value)))),
        });
        return Given(new()
        {
            ["match"] = match.Count == 0 ? null : match,
            ["channels"] = List(route.Channels),
            ["continue"] = route.Continue ? true : null,
            ["groupBy"] = List(route.GroupBy.Select(part => part.ToString().ToLowerInvariant())),
            ["groupWait"] = route.GroupWait == TimeSpan.Zero ? "0s" : Durations.Format(route.GroupWait),
            ["groupInterval"] = Durations.Format(route.GroupInterval),
            ["digest"] = isQuiet ? route.Digest.ToString().ToLowerInvariant() : null,
            ["digestAt"] = isQuiet ? route.DigestAt.ToString("HH:mm", CultureInfo.InvariantCulture) : null,
        });
    }

    private static JsonNode? OneOrMore(IReadOnlyList<string> texts) => texts switch
    {
        [] => null,
        [var one] => JsonValue.Create(one),
        _ => List(texts),
    };

    private static JsonArray List(IEnumerable<string> texts) => new([.. texts.Select(text => JsonValue.Create(text))]);

    private static JsonObject Given(JsonObject members) =>
        new(members.Where(member => member.Value is not null).Select(member => KeyValuePair.Create(member.Key, member.Value?.DeepClone())));
}

using KeyRotator.Cli.Output;
using KeyRotator.Providers;

namespace KeyRotator.Cli;

/// <summary>What a user typed, for messages about it. Somebody will paste a key where a name belongs: that is not repeated.</summary>
internal static class Typed
{
    private const int MostShown = 60;

    /// <summary>The text in quotes, or a note where it could be a key.</summary>
    public static string Show(string text) => MayBeKey(text) ? "a text that could be a key and is not shown" : $"'{Printable.Of(text)}'";

    /// <summary>A sentence that names the nearest candidate, with a space in front; empty where none is near.</summary>
    public static string Suggest(string text, IEnumerable<string> candidates)
    {
        var nearest = candidates.MinBy(candidate => Distance(text, candidate));
        return nearest is null || Distance(text, nearest) > Tolerance(text) ? "" : $" Did you mean '{Printable.Of(nearest)}'?";
    }

    private static int Tolerance(string text) => text.Length <= 3 ? 1 : Math.Max(2, text.Length / 3);

    private static bool MayBeKey(string text) =>
        text.Length > MostShown || KeyProviders.All.SelectMany(provider => provider.Profile.Formats).Any(format => format.Pattern.IsMatch(text));

    // Levenshtein, in any case, one row at a time.
    private static int Distance(string one, string other)
    {
        var row = Enumerable.Range(0, other.Length + 1).ToArray();
        for (var i = 1; i <= one.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= other.Length; j++)
            {
                var same = char.ToUpperInvariant(one[i - 1]) == char.ToUpperInvariant(other[j - 1]);
                var cost = Math.Min(Math.Min(row[j], row[j - 1]) + 1, diagonal + (same ? 0 : 1));
                diagonal = row[j];
                row[j] = cost;
            }
        }

        return row[^1];
    }
}

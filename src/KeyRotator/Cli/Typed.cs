using KeyRotator.Cli.Output;
using KeyRotator.Configuration.Shapes;
using KeyRotator.Providers;

namespace KeyRotator.Cli;

/// <summary>What a user typed, for messages about it. Somebody will paste a key where a name belongs: that is not repeated.</summary>
internal static class Typed
{
    private const int MostShown = 60;

    /// <summary>The text in quotes, or a note where it could be a key.</summary>
    public static string Show(string text) => MayBeKey(text) ? "a text that could be a key and is not shown" : $"'{Printable.Of(text)}'";

    /// <summary>A sentence that names the nearest candidate, with a space in front; empty where none is near.</summary>
    public static string Suggest(string text, IEnumerable<string> candidates) =>
        NearestName.Find(text, candidates) is { } nearest ? $" Did you mean '{Printable.Of(nearest)}'?" : "";

    /// <summary>Whether a text could be a key: it has the format of one, or is as long as one.</summary>
    public static bool MayBeKey(string text) => text.Length > MostShown
        || KeyProviders.All.SelectMany(provider => provider.Profile.Formats).Any(format => format.Pattern.IsMatch(text));
}

using System.Text;
using Shouldly;

namespace KeyRotator.EndToEnd.Support;

/// <summary>Looks for keys where none may be.</summary>
internal static class Leaks
{
    private const int Run = 8;

    /// <summary>Fails where any run of eight characters of a key is in the text.</summary>
    public static void ShouldHaveNoneIn(this Site site, string text, string where) =>
        Runs(site).Any(run => text.Contains(run, StringComparison.Ordinal)).ShouldBeFalse(where);

    /// <summary>The same for the bytes of every file below the folders that keyrotator works in.</summary>
    public static void ShouldHaveNoneOnDisk(this Site site)
    {
        var files = new[] { site.Folder, site.Temp }.SelectMany(
            folder => Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)).ToList();
        files.ShouldContain(site.At("keyrotator.db"));
        files.ForEach(file => site.ShouldHaveNoneIn(Encoding.Latin1.GetString(File.ReadAllBytes(file)), file));
    }

    private static IEnumerable<string> Runs(Site site) =>
        site.Secrets.SelectMany(secret => Enumerable.Range(0, secret.Length - Run + 1).Select(start => secret.Substring(start, Run)));
}

using System.Globalization;
using System.Text.RegularExpressions;
using KeyRotator.Keys;
using KeyRotator.Secrets;

namespace KeyRotator.Stores;

/// <summary>The secret that <c>stores test --write</c> makes and removes. Its name tells when it was made, and its values follow from its
/// name: so one that a killed test left behind is known by what it holds, in a store without tags too, and no other secret is taken for
/// one.</summary>
/// <param name="Location">Where it is.</param>
/// <param name="MadeAt">When it was made (UTC), to the second.</param>
internal sealed partial record TrialSecret(SecretLocation Location, DateTimeOffset MadeAt)
{
    /// <summary>What its name begins with, behind the folder.</summary>
    public const string NameStart = "keyrotator-probe-";

    private const string TimeFormat = "yyyyMMddHHmmss";
    private const int Writes = 3;

    /// <summary>A new one, whose name nobody had before.</summary>
    /// <param name="store">Name of the configured store.</param>
    /// <param name="folder">What its name begins with, such as <c>prod/</c>; may be empty.</param>
    /// <param name="now">The time.</param>
    /// <param name="random">Source of its name.</param>
    public static TrialSecret Create(string store, string folder, DateTimeOffset now, Random random)
    {
        var time = now.UtcDateTime.ToString(TimeFormat, CultureInfo.InvariantCulture);
        return Find(store, folder + NameStart + time + "-" + random.GetHexString(8, lowercase: true))!;
    }

    /// <summary>The one of this name; null where none has such a name.</summary>
    public static TrialSecret? Find(string store, string name) =>
        Pattern().Match(name) is { Success: true } match
            && DateTimeOffset.TryParseExact(
                match.Groups["time"].Value, TimeFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var madeAt)
                ? new(new() { Store = store, Name = name }, madeAt)
                : null;

    /// <summary>All values that it may ever hold.</summary>
    public IReadOnlyList<SecretValue> Values => [.. Enumerable.Range(1, Writes).Select(Value)];

    /// <summary>What a write puts there, counted from 1. It tells whoever finds it what it is.</summary>
    public SecretValue Value(int write) =>
        new($"keyrotator stores test --write: {Pattern().Match(Location.Name).Value}, write {write}. It can be removed.");

    [GeneratedRegex($"{NameStart}(?<time>[0-9]{{14}})-[0-9a-f]{{8}}\\z", RegexOptions.CultureInvariant)]
    private static partial Regex Pattern();
}

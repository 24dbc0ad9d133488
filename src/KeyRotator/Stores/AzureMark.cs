using System.Globalization;

namespace KeyRotator.Stores;

/// <summary>What KeyRotator notes in a tag of a version that it writes, in the same call as the value: whose write it is, over which
/// version, and how many others there were. No value, and no hash of one.</summary>
/// <remarks>Versions are never taken out of a secret one by one, so a greater number of others says that somebody wrote in
/// between.</remarks>
/// <param name="Token">The write's token.</param>
/// <param name="Over">The version that was current, or null.</param>
/// <param name="Others">How many versions there were.</param>
internal sealed record AzureMark(Guid Token, string? Over, int Others)
{
    private const string Key = "keyrotator";
    private const string None = "-";

    /// <summary>The mark of a version, or null. What is not legible counts as absent: anybody may edit tags.</summary>
    public static AzureMark? Of(AzureVersion version) =>
        version.Tags.TryGetValue(Key, out var text) && text.Split(' ') is ["write", var token, var over, var others]
        && Guid.TryParseExact(token, "N", out var id)
            && int.TryParse(others, NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            ? new(id, over == None ? null : over, count)
            : null;

    /// <summary>The version that this one put another value back over, or null.</summary>
    public static string? RestoredOver(AzureVersion version) =>
        version.Tags.TryGetValue(Key, out var text) && text.Split(' ') is ["restored-over", var over] ? over : null;

    /// <summary>The version that was the newest when all were found to be known and the secret's removal began, or null. It counts on that
    /// version alone: whoever copies tags to a newer one copies it too.</summary>
    public static string? RemovedAt(AzureVersion version) =>
        version.Tags.TryGetValue(Key, out var text) && text.Split(' ') is ["remove", var newest] ? newest : null;

    /// <summary>Whether a tag is the store's own.</summary>
    public static bool IsReserved(string key) => string.Equals(key, Key, StringComparison.OrdinalIgnoreCase);

    /// <summary>A version's tags without the store's own.</summary>
    public static Dictionary<string, string> Strip(AzureVersion version) =>
        version.Tags.Where(tag => !IsReserved(tag.Key)).ToDictionary(StringComparer.Ordinal);

    /// <summary>The same with the tag that says over which version another value is put back.</summary>
    public static Dictionary<string, string> Restored(AzureVersion version, string over) =>
        new(Strip(version), StringComparer.Ordinal) { [Key] = $"restored-over {over}" };

    /// <summary>The same with the tag that says that the secret's removal begins, all its versions being known.</summary>
    public static Dictionary<string, string> Removed(AzureVersion newest) =>
        new(Strip(newest), StringComparer.Ordinal) { [Key] = $"remove {newest.Id}" };

    /// <summary>Changed tags, with the store's own of a version, or with one that says nothing: Microsoft's client does not send tags where
    /// there is none, and the old ones would stay.</summary>
    public static Dictionary<string, string> Keep(AzureVersion version, Dictionary<string, string> tags) =>
        new(tags, StringComparer.Ordinal) { [Key] = version.Tags.GetValueOrDefault(Key, None) };

    /// <summary>Tags with this mark.</summary>
    public Dictionary<string, string> In(Dictionary<string, string> tags) => new(tags, StringComparer.Ordinal)
    {
        [Key] = string.Create(CultureInfo.InvariantCulture, $"write {Token:N} {Over ?? None} {Others}"),
    };
}

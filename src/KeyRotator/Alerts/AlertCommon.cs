using KeyRotator.State;

namespace KeyRotator.Alerts;

/// <summary>What several findings have in common.</summary>
internal static class AlertCommon
{
    /// <summary>Reason, provider, environment and owner, as far as all share them, in words; null where they share nothing.</summary>
    public static string? Of(IReadOnlyList<GatheredMessage> entries)
    {
        string?[] shared =
        [
            Shared(entries, entry => entry.Reason.ToString()),
            Shared(entries, entry => entry.Provider),
            Shared(entries, entry => entry.Environment),
            Shared(entries, entry => entry.Owner),
        ];
        var words = string.Join(", ", shared.Where(word => !string.IsNullOrEmpty(word)));
        return words.Length > 0 ? words : null;
    }

    private static string? Shared(IReadOnlyList<GatheredMessage> entries, Func<GatheredMessage, string?> of) =>
        entries.Skip(1).All(entry => of(entry) == of(entries[0])) ? of(entries[0]) : null;
}

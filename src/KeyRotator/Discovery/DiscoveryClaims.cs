using KeyRotator.Findings;
using KeyRotator.Stores;

namespace KeyRotator.Discovery;

/// <summary>What is wrong with the discovery of one store. Pure.</summary>
internal static class DiscoveryClaims
{
    /// <summary>Tells the finding about a store's listing from the one about its reads.</summary>
    public const string Mark = "discovery";

    /// <summary>The claim about a listing that failed or was cut short.</summary>
    public static FindingClaim Unlisted(SecretStoreException failure) => Claim(
        failure.Store,
        FindingReason.StoreUnavailable,
        $"The tagged secrets of store {failure.Store} could not be listed to the end: {failure.FullAdvice} "
        + "Newly tagged keys may be missed; what was known stays.");

    /// <summary>The claim about tags that do not say what is needed; none where all do.</summary>
    public static IReadOnlyList<FindingClaim> Untagged(string store, string tag, TagFaults faults)
    {
        if (faults.Count == 0)
        {
            return [];
        }

        var what = faults.Count == 1 ? "1 secret has" : $"{faults.Count} secrets have";
        var such = faults.Count == 1 ? "" : "such as ";
        return
        [
            Claim(
                store,
                FindingReason.TagsUnusable,
                $"{what} the tag `{tag}` in store {store}, but not all that is needed: {such}{string.Join(", ", faults.Few)}. "
                + "Correct the tags, or declare the key in the file."),
        ];
    }

    /// <summary>Whether a finding is one of these.</summary>
    public static bool IsOwn(FindingKey key) => key.Mark == Mark && key.Subject.Kind is SubjectKind.Store;

    private static FindingClaim Claim(string store, FindingReason reason, string message) => new()
    {
        Key = new(FindingSubject.Store(store), reason, 0, Mark),
        Severity = FindingCatalog.DefaultSeverity(reason),
        Message = message,
    };
}

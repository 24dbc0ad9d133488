using KeyRotator.Findings;

namespace KeyRotator.Validation;

/// <summary>What is wrong with a store, from one pass's counts. Pure.</summary>
internal static class StoreClaims
{
    /// <summary>The claim about one store, or none where every location was answered.</summary>
    public static IReadOnlyList<FindingClaim> Of(string store, StoreCount count)
    {
        if (count.Last is not { } failure)
        {
            return [];
        }

        var where = failure.Location is { } location ? $" The last was {location}." : "";
        var some = count.Answered == 0 ? "No location could" : $"{count.Failed} of {count.Failed + count.Answered} locations could not";
        return
        [
            new FindingClaim
            {
                Key = new(FindingSubject.Store(store), FindingReason.StoreUnavailable, 0, ""),
                Severity = FindingCatalog.DefaultSeverity(FindingReason.StoreUnavailable),
                Message = $"{some} be read from store {store}.{where} {Sentence(failure.FullAdvice)}",
            },
        ];
    }

    private static string Sentence(string advice) => char.ToUpperInvariant(advice[0]) + advice[1..];
}

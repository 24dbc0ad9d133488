using System.Collections.Concurrent;
using KeyRotator.Stores;

namespace KeyRotator.Validation;

/// <summary>Counts, over one pass, what each store answered.</summary>
internal sealed class StoreTally
{
    private readonly ConcurrentDictionary<string, StoreCount> _counts = new();

    /// <summary>What was counted, by store.</summary>
    public IReadOnlyDictionary<string, StoreCount> Counts => _counts;

    /// <summary>Locations that could not be read.</summary>
    public int Failures => _counts.Values.Sum(count => count.Failed);

    /// <summary>Counts answers.</summary>
    public void Answered(string store, int locations) =>
        _counts.AddOrUpdate(store, _ => new(locations, 0, null), (_, count) => count with { Answered = count.Answered + locations });

    /// <summary>Counts a failure.</summary>
    public void Failed(string store, SecretStoreException failure) =>
        _counts.AddOrUpdate(store, _ => new(0, 1, failure), (_, count) => count with { Failed = count.Failed + 1, Last = failure });
}

/// <summary>One store's part of a pass.</summary>
/// <param name="Answered">Locations for which it answered, absence included.</param>
/// <param name="Failed">Locations for which it failed.</param>
/// <param name="Last">The last failure, or null.</param>
internal sealed record StoreCount(int Answered, int Failed, SecretStoreException? Last);

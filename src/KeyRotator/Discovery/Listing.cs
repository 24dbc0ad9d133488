using KeyRotator.Configuration;
using KeyRotator.Keys;
using KeyRotator.Providers;
using KeyRotator.Stores;

namespace KeyRotator.Discovery;

/// <summary>One look through one store.</summary>
/// <param name="Store">The store's name.</param>
/// <param name="Number">Its number: a later one outranks it.</param>
/// <param name="Discover">What is looked for.</param>
/// <param name="BegunAt">When it began (UTC).</param>
internal sealed record Listing(string Store, long Number, DiscoverSettings Discover, DateTimeOffset BegunAt)
{
    // A pass that comes a moment before its time, as cron's do, is not sent away for a whole span.
    private static readonly TimeSpan s_mostEarly = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan s_retry = TimeSpan.FromMinutes(2);

    /// <summary>What the tags are called.</summary>
    public TagNames Names { get; } = new(Discover.Tag);

    /// <summary>What the store is asked.</summary>
    public TagQuery Query { get; } = new(Discover.Tag, Discover.Value, Discover.Prefix ?? "");

    /// <summary>Whose tags are not as they should be.</summary>
    public TagFaults Faults { get; } = new();

    /// <summary>What is looked for and how often, as text that is another where any of it is.</summary>
    public static string TextOf(DiscoverSettings discover) => $"{discover.Tag}={discover.Value ?? "*"} {discover.Prefix}* {discover.Every}";

    /// <summary>When the next listing may begin (UTC).</summary>
    /// <param name="now">The time (UTC).</param>
    /// <param name="failure">What cut this one short, or null.</param>
    public DateTimeOffset NextAt(DateTimeOffset now, SecretStoreException? failure)
    {
        var early = Shorter(Discover.Every / 10, s_mostEarly);
        return failure is null ? BegunAt + Discover.Every - early : now + Shorter(Discover.Every - early, s_retry);
    }

    /// <summary>Whether a known key's secret, as it is described now, is still that key.</summary>
    public bool Means(DiscoveredKey key, SecretDescription? secret, IReadOnlyDictionary<string, ProviderInstance> providers)
    {
        if (secret is null or { IsDeleted: true })
        {
            return false;
        }

        var listed = new ListedSecret(key.Location.Name, null) { Tags = secret.Tags };
        return Query.IsMet(listed) && TaggedSecret.Read(Store, Names, listed, providers).Location is var place
            && (place is null || place == key.Location);
    }

    private static TimeSpan Shorter(TimeSpan one, TimeSpan other) => one < other ? one : other;
}

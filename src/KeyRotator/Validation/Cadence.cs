using KeyRotator.Keys;
using KeyRotator.Providers;

namespace KeyRotator.Validation;

/// <summary>When a key is probed again. Pure; the random part is handed in.</summary>
internal static class Cadence
{
    /// <summary>Jitter spreads probes over a tenth of the cadence, either way.</summary>
    public const double Jitter = 0.1;

    /// <summary>Time between probes: the key's own, or its instance's, but never below what the vendor tolerates.</summary>
    public static TimeSpan Of(ManagedKey key, ProviderInstance instance, ProviderProfile? profile)
    {
        var wanted = instance.CheckEvery ?? key.Policy.CheckEvery;
        return profile is not null && profile.LeastCheckEvery > wanted ? profile.LeastCheckEvery : wanted;
    }

    /// <summary>The next probe's time.</summary>
    /// <param name="cadence">Time between probes.</param>
    /// <param name="least">What the vendor tolerates: jitter does not go below it.</param>
    /// <param name="now">When the key was checked.</param>
    /// <param name="confirmAt">When a pending rejection wants its next answer, or null.</param>
    /// <param name="retryAt">Not before then, by the provider's word, or null.</param>
    /// <param name="random">From 0 up to, but not including, 1.</param>
    public static DateTimeOffset Next(TimeSpan cadence, TimeSpan least, DateTimeOffset now, DateTimeOffset? confirmAt, DateTimeOffset? retryAt, double random)
    {
        var wait = cadence * (1 + (Jitter * ((2 * random) - 1)));
        var regular = now + (wait > least ? wait : least);
        var next = confirmAt < regular ? confirmAt.Value : regular;
        return retryAt > next ? retryAt.Value : next;
    }
}

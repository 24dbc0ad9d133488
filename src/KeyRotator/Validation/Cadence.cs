using KeyRotator.Http;
using KeyRotator.Keys;
using KeyRotator.Providers;
using KeyRotator.State;

namespace KeyRotator.Validation;

/// <summary>When a key is probed again. Pure; the random part is handed in.</summary>
internal static class Cadence
{
    /// <summary>Jitter spreads probes over a tenth of the cadence, either way.</summary>
    public const double Jitter = 0.1;

    /// <summary>Time between looks at the place: the key's own, or its instance's.</summary>
    public static TimeSpan Wanted(ManagedKey key, ProviderInstance instance) => instance.CheckEvery ?? key.Policy.CheckEvery;

    /// <summary>Time between probes: the same, but never below what the vendor tolerates.</summary>
    public static TimeSpan Of(ManagedKey key, ProviderInstance instance, ProviderProfile? profile)
    {
        var wanted = Wanted(key, instance);
        return profile is not null && profile.LeastCheckEvery > wanted ? profile.LeastCheckEvery : wanted;
    }

    /// <summary>How long a key that was just asked about rests: what the vendor tolerates; where its place is looked at in between, up to a
    /// tenth more, the same for a key at all times, so that probes stay spread although looks are made together.</summary>
    public static TimeSpan RestOf(ManagedKey key, ProviderInstance instance, ProviderProfile? profile)
    {
        var least = profile?.LeastCheckEvery ?? TimeSpan.Zero;
        return least > Wanted(key, instance) ? least * (1 + (Jitter * SpreadOf(key.Id))) : least;
    }

    /// <summary>When a place is looked at next. Where one listing tells of many places they are looked at together, at whole multiples of
    /// the cadence; else jitter spreads them.</summary>
    /// <param name="wanted">Time between looks.</param>
    /// <param name="now">When it was looked at.</param>
    /// <param name="together">Whether the store lists versions.</param>
    /// <param name="random">From 0 up to, but not including, 1.</param>
    public static DateTimeOffset NextLook(TimeSpan wanted, DateTimeOffset now, bool together, double random) => together
        ? new DateTimeOffset(((now.UtcTicks / wanted.Ticks) + 1) * wanted.Ticks, TimeSpan.Zero)
        : Next(wanted, TimeSpan.Zero, now, null, null, random);

    /// <summary>When a key that nobody looked at is due: no later than it could have been planned now. A time farther away was planned for
    /// a slower cadence, or by a clock that has been set back.</summary>
    public static DateTimeOffset? Capped(DateTimeOffset? nextCheckAt, Observation observation, AssessmentContext context)
    {
        var longest = Of(observation.Key, context.Instance, context.Profile) * (1 + Jitter);
        var latest = observation.At + (longest > RetryAfter.Most ? longest : RetryAfter.Most);
        return nextCheckAt > latest ? latest : nextCheckAt;
    }

    /// <summary>Until when the vendor is not asked about a value again (UTC), or null where it may be asked now: it was not asked yet, long
    /// enough ago, by a clock that was set back, or about another value; and a rejection that waits for its confirmation may always be
    /// asked about.</summary>
    /// <param name="known">What was known before, or null.</param>
    /// <param name="seen">What stands at the place.</param>
    /// <param name="least">What the vendor tolerates.</param>
    public static DateTimeOffset? RestsUntil(KeyTiming? known, Observation seen, TimeSpan least) =>
        known is { IsPending: false, ProbedAt: { } probedAt } && known.Provider == seen.Key.Provider
            && known.Fingerprint == seen.Fingerprint && probedAt <= seen.At && seen.At - probedAt < least
            ? probedAt + least
            : null;

    /// <summary>The next look's time, for a key that rests in between.</summary>
    /// <param name="look">When its place is looked at.</param>
    /// <param name="restsUntil">When it may be probed again.</param>
    /// <param name="confirmAt">When a pending rejection wants its next answer, or null.</param>
    /// <param name="retryAt">Not before then, by the provider's word, or null.</param>
    public static DateTimeOffset NextOf(
        DateTimeOffset look, DateTimeOffset restsUntil, DateTimeOffset? confirmAt, DateTimeOffset? retryAt)
    {
        var regular = look < restsUntil ? look : restsUntil;
        var next = confirmAt < regular ? confirmAt.Value : regular;
        return retryAt > next ? retryAt.Value : next;
    }

    /// <summary>The next probe's time.</summary>
    /// <param name="cadence">Time between probes.</param>
    /// <param name="least">What the vendor tolerates: jitter does not go below it.</param>
    /// <param name="now">When the key was checked.</param>
    /// <param name="confirmAt">When a pending rejection wants its next answer, or null.</param>
    /// <param name="retryAt">Not before then, by the provider's word, or null.</param>
    /// <param name="random">From 0 up to, but not including, 1.</param>
    public static DateTimeOffset Next(
        TimeSpan cadence, TimeSpan least, DateTimeOffset now, DateTimeOffset? confirmAt, DateTimeOffset? retryAt, double random)
    {
        var wait = cadence * (1 + (Jitter * ((2 * random) - 1)));
        var regular = now + (wait > least ? wait : least);
        var next = confirmAt < regular ? confirmAt.Value : regular;
        return retryAt > next ? retryAt.Value : next;
    }

    // FNV-1a: the same in every process, from 0 up to, but not including, 1.
    private static double SpreadOf(KeyId key)
    {
        var hash = 2166136261u;
        foreach (var character in key.Value)
        {
            hash = unchecked((hash ^ character) * 16777619u);
        }

        return (hash >> 8) / (double)(1 << 24);
    }
}

using KeyRotator.Expiry;
using KeyRotator.Findings;
using KeyRotator.Keys;
using KeyRotator.Secrets;

namespace KeyRotator.Validation;

/// <summary>What one assessment concluded.</summary>
/// <param name="Status">The new status.</param>
/// <param name="Opened">The key version that it opened, or null.</param>
/// <param name="Claims">Everything that is wrong with the key now. What is not claimed is not wrong any more.</param>
internal sealed record Assessed(KeyStatus Status, KeyVersion? Opened, IReadOnlyList<FindingClaim> Claims)
{
    /// <summary>What the primary held before somebody else changed it just now; null where nobody did.</summary>
    public LocationStatus? Replaced { get; init; }

    /// <summary>Whether the key was never assessed before.</summary>
    public bool IsFirst { get; init; }

    /// <summary>Whether it was looked at, and not only the clock.</summary>
    public bool Checked { get; init; }

    /// <summary>Whether the status is another than before.</summary>
    public bool IsChanged { get; init; }

    /// <summary>Who holds the key, or null.</summary>
    public Suspension? Suspension { get; init; }

    /// <summary>Whether the provider accepted the current value, and had not before.</summary>
    public bool IsAcceptedAnew { get; init; }

    /// <summary>Whether the current version is to be in another state than before.</summary>
    public bool IsStateChanged { get; init; }

    /// <summary>Whether the current version's expiry, or who said it, is another than before.</summary>
    public bool IsExpiryChanged { get; init; }

    /// <summary>When the answer that confirms a rejection may count (UTC), or null where none waits.</summary>
    public DateTimeOffset? ConfirmAt { get; init; }
}

/// <summary>From what was known and what was seen to what is known and what is wrong. Pure: the only judge of keys.</summary>
internal static class KeyAssessment
{
    // Two processes may finish in another order than they looked; a clock that was set back by more than this is believed.
    private static readonly TimeSpan s_reordering = TimeSpan.FromMinutes(2);

    /// <summary>Assesses one observation. Doing so twice changes nothing the second time.</summary>
    public static Assessed Assess(KeyStatus? previous, Observation observation, AssessmentContext context, DateTimeOffset now)
    {
        var before = Before(previous, observation.Key, now);
        var isStale = observation.At < before.CheckedAt && before.CheckedAt - observation.At < s_reordering;
        var status = isStale ? before : Observe(before, observation, context, now);
        status =
            status with { State = StateOf(status, observation.Key), NextCheckAt = observation.Key.Suspended ? null : status.NextCheckAt };
        var opened = status.Version > before.Version ? VersionOf(status) : null;
        return new(status, opened, KeyClaims.Of(status, observation.Key, context, now))
        {
            Replaced = opened is not null && status.ForeignChangeAt is not null
                ? before.Locations.FirstOrDefault(location => location.Location == observation.Key.Primary)
                : null,
            IsFirst = previous is null,
            IsChanged = status != previous,
            Checked = observation.IsWhole && !isStale,
            Suspension = observation.Key.Suspension,
            IsAcceptedAnew = status.Verdict is Verdict.Accepted && (opened is not null || before.Verdict is not Verdict.Accepted),
            IsStateChanged = opened is null && status.Version > 0 && status.State != before.State,
            IsExpiryChanged = status.ExpiresAt != before.ExpiresAt || status.ExpirySource != before.ExpirySource,
            ConfirmAt = observation.Probe is { } probe ? VerdictTracking.ConfirmAt(status, probe, observation.Key.Policy) : null,
        };
    }

    // What has leaked stays so as long as it is the current version.
    private static KeyState StateOf(KeyStatus status, ManagedKey key) => status.State is KeyState.Compromised ? KeyState.Compromised
        : key.Suspended ? KeyState.Suspended
        : KeyState.Active;

    // What one provider said of a value says nothing about it at another.
    private static KeyStatus Before(KeyStatus? previous, ManagedKey key, DateTimeOffset now) => previous switch
    {
        null => new KeyStatus { KeyId = key.Id, Provider = key.Provider, VerdictSince = now, InconclusiveSince = now },
        _ when previous.Provider == key.Provider => previous,
        _ => VerdictTracking.Forget(previous, now) with { Provider = key.Provider },
    };

    private static KeyStatus Observe(KeyStatus before, Observation observation, AssessmentContext context, DateTimeOffset now)
    {
        var status = observation.Primary switch
        {
            PrimaryReading.Present => Present(VerdictTracking.Readable(before, observation.At), observation, context.Rotation, now),
            PrimaryReading.Absent => VerdictTracking.Readable(before, observation.At) with { IsMissing = true },
            PrimaryReading.Unreadable => VerdictTracking.Unreadable(before, observation.At),
            _ => before,
        };
        status = observation.Probe is null ? status : VerdictTracking.Answer(status, observation.Probe, context, observation.Key.Policy);
        status = Expire(before, status, observation, context.Rotation) with { Locations = LocationTracking.Next(before, observation) };
        return observation switch
        {
            { Primary: PrimaryReading.NotRead } => status with { NextCheckAt = Cadence.Capped(status.NextCheckAt, observation, context) },
            { PutOffUntil: { } until } => VerdictTracking.PutOff(status, observation.At) with { NextCheckAt = until },
            { RestsUntil: { } until } => status with { NextCheckAt = Rest(status, until, observation, context) },
            _ => Schedule(status, observation, context),
        };
    }

    private static KeyStatus Present(KeyStatus before, Observation observation, RotationTrace? rotation, DateTimeOffset now)
    {
        var seen = before with { IsMissing = false, Defect = observation.Defect, ForeignFormat = observation.ForeignFormat };
        return before.Fingerprint == observation.Fingerprint ? seen : new KeyStatus
        {
            KeyId = before.KeyId,
            Provider = before.Provider,
            Version = before.Version + 1,
            Fingerprint = observation.Fingerprint,
            FirstSeenAt = now,
            ForeignChangeAt = before.Version > 0 && rotation?.Expects(observation.Fingerprint) != true ? now : null,
            VerdictSince = now,
            InconclusiveSince = now,
            Defect = observation.Defect,
            ForeignFormat = observation.ForeignFormat,
            Locations = before.Locations,
        };
    }

    private static KeyStatus Expire(KeyStatus before, KeyStatus status, Observation observation, RotationTrace? rotation)
    {
        if (status.Fingerprint is not { } fingerprint)
        {
            return status;
        }

        var key = Stated(observation.Key, fingerprint, rotation);
        var reading = ExpiryPolicy.Read(before, key, fingerprint.Hex, status.Version > before.Version, observation.ExpiresAt);
        return status with
        {
            ExpiresAt = reading.ExpiresAt,
            ExpirySource = reading.Source,
            FileExpiry = reading.FromFile,
            DeclaredExpiry = reading.Declared,
            WaitingExpiry = reading.Waiting,
            Models = observation.Models ?? status.Models,
        };
    }

    // What an operator stated with the replacement is a statement about that version, as one with its fingerprint in the file is.
    private static ManagedKey Stated(ManagedKey key, Fingerprint fingerprint, RotationTrace? rotation) =>
        rotation is { ExpiresAt: { } expiresAt } && rotation.NewFingerprint == fingerprint && key.Expires?.FingerprintPrefix is null
            ? key with { Expires = new ExpiryStatement(DateOnly.FromDateTime(expiresAt.UtcDateTime.AddTicks(-1)), fingerprint.Hex) }
            : key;

    private static KeyStatus Schedule(KeyStatus status, Observation observation, AssessmentContext context)
    {
        var key = observation.Key;
        if (observation.Probe is not { } probe)
        {
            return status with { CheckedAt = observation.At, NextCheckAt = Look(observation, context) };
        }

        var confirmAt = VerdictTracking.ConfirmAt(status, probe, key.Policy);
        var cadence = Cadence.Of(key, context.Instance, context.Profile);
        var least = context.Profile?.LeastCheckEvery ?? TimeSpan.Zero;
        var next = IsLookedAtBetween(key, context)
            ? Cadence.NextOf(
                Look(observation, context),
                observation.At + Cadence.RestOf(key, context.Instance, context.Profile),
                confirmAt,
                probe.RetryAt)
            : Cadence.Next(cadence, least, observation.At, confirmAt, probe.RetryAt, context.Random);
        return status with { CheckedAt = observation.At, NextCheckAt = next };
    }

    // What was planned stands, unless the place is looked at more often than the vendor may be asked.
    private static DateTimeOffset Rest(KeyStatus status, DateTimeOffset until, Observation observation, AssessmentContext context)
    {
        if (IsLookedAtBetween(observation.Key, context))
        {
            return Cadence.NextOf(Look(observation, context), until, null, null);
        }

        return status.NextCheckAt > until ? status.NextCheckAt.Value : until;
    }

    private static bool IsLookedAtBetween(ManagedKey key, AssessmentContext context) =>
        Cadence.Of(key, context.Instance, context.Profile) > Cadence.Wanted(key, context.Instance);

    private static DateTimeOffset Look(Observation observation, AssessmentContext context) => Cadence.NextLook(
        Cadence.Wanted(observation.Key, context.Instance), observation.At, context.IsStoreListed, context.Random);

    private static KeyVersion? VersionOf(KeyStatus status) => status is { Fingerprint: { } fingerprint, FirstSeenAt: { } seen }
        ? new KeyVersion
        {
            KeyId = status.KeyId,
            Sequence = status.Version,
            Fingerprint = fingerprint,
            FirstSeenAt = seen,
            ExpiresAt = status.ExpiresAt,
            ExpirySource = status.ExpirySource,
            State = status.State,
        }
        : null;
}

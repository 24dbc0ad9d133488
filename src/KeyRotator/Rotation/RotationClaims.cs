using KeyRotator.Findings;
using KeyRotator.Keys;

namespace KeyRotator.Rotation;

/// <summary>Everything that is wrong with a rotation, from where it stands and the time. Pure.</summary>
internal static class RotationClaims
{
    /// <summary>A location that fails for longer stalls its rotation.</summary>
    public static TimeSpan StalledAfter { get; } = TimeSpan.FromMinutes(15);

    /// <summary>The reasons that a rotation speaks for, under its own mark.</summary>
    public static IReadOnlySet<FindingReason> Reasons { get; } = new HashSet<FindingReason>
    {
        FindingReason.RotationStalled, FindingReason.ForeignChange, FindingReason.OldKeyAlive, FindingReason.RevocationDue,
        FindingReason.OldKeyInUse, FindingReason.DeathUnproven, FindingReason.ApprovalWaiting,
    };

    /// <summary>What the rotation's findings are told apart by.</summary>
    public static string Mark(KeyRotation rotation) => RotationMark.Of(rotation.Id);

    /// <summary>The one claim of an open rotation that nobody can carry on as the configuration stands.</summary>
    /// <param name="rotation">The rotation.</param>
    /// <param name="why">Why, and what to do: a sentence or two.</param>
    public static IReadOnlyList<FindingClaim> OfStranded(KeyRotation rotation, string why) => rotation.EndedAt is not null ? [] :
    [
        new()
        {
            Key = new(FindingSubject.Key(rotation.KeyId.Value), FindingReason.RotationStalled, 0, Mark(rotation)),
            Severity = Severity.Critical,
            Message = $"Rotation {rotation.Id}: {why}",
        },
    ];

    /// <summary>All claims. One that has ended has none, but that nobody proved the old key dead.</summary>
    /// <param name="rotation">The rotation.</param>
    /// <param name="key">Its key.</param>
    /// <param name="console">Where the old key is revoked, or null where nobody knows.</param>
    /// <param name="now">Now.</param>
    public static IReadOnlyList<FindingClaim> Of(KeyRotation rotation, ManagedKey key, string? console, DateTimeOffset now)
    {
        if (rotation.EndedAt is not null)
        {
            return rotation is { Phase: RotationPhase.Unproven, OldFingerprint: { } old }
                ? [Claim(rotation, key, FindingReason.DeathUnproven, Severity.Warning,
                    $"Rotation {rotation.Id} ended without proof that the old key {old.Short} is dead: make sure at the provider, then "
                        + $"`keyrotator rotations close {rotation.Id} --revoked`.")]
                : [];
        }

        var claims = new List<FindingClaim>();
        if (rotation.Places.FirstOrDefault(location => location.Foreign is not null) is { } foreign)
        {
            claims.Add(Claim(rotation, key, FindingReason.ForeignChange, Severity.Critical,
                $"Rotation {rotation.Id} found a value that nobody expected at {foreign.Location}: `rotations show {rotation.Id}`."));
        }
        else if (rotation.Needs is { } needs)
        {
            claims.Add(Claim(rotation, key, FindingReason.RotationStalled, Severity.Critical, $"Rotation {rotation.Id}: {needs}"));
        }
        else if (Failing(rotation, now) is { } failing)
        {
            claims.Add(Claim(rotation, key, FindingReason.RotationStalled, Severity.Critical,
                $"Rotation {rotation.Id} cannot go on at {failing.Location}: {failing.Fault}"));
        }

        if (rotation is { AwaitsApproval: true, Terms: var terms })
        {
            var severity = rotation.IsEmergency || rotation.IsOldDead ? Severity.Critical : Severity.Warning;
            claims.Add(Claim(rotation, key, FindingReason.ApprovalWaiting, severity,
                $"Rotation {rotation.Id}, handed in by {rotation.Actor}, waits until {terms.LapsesAt:yyyy-MM-dd HH:mm}Z for somebody else: "
                    + $"`keyrotator rotations approve {rotation.Id}` shows what it is and asks."));
        }

        if (IsOldAlive(rotation, key, now))
        {
            claims.Add(Claim(rotation, key, FindingReason.OldKeyAlive, rotation.IsEmergency ? Severity.Critical : Severity.Warning,
                $"The old key {rotation.OldFingerprint?.Short} still works: revoke it {At(console)}. Rotation {rotation.Id}."));
        }

        return [.. claims, .. ToRevoke(rotation, key, console, now)];
    }

    // Who revokes a key that is still read cuts a consumer off: the reminder waits until nobody reads it any more. It stays until the death is
    // proven: while a revocation spreads at the provider, refusals come and go.
    private static IEnumerable<FindingClaim> ToRevoke(KeyRotation rotation, ManagedKey key, string? console, DateTimeOffset now)
    {
        if (rotation is not { Phase: RotationPhase.Overlap, OldFingerprint: { } old, RevokedAt: null, IsOldDead: false, Needs: null })
        {
            yield break;
        }

        if (rotation.Locations.FirstOrDefault(location => location.Care.ReadByOthersOn is not null) is { Care: var care } read)
        {
            yield return Claim(rotation, key, FindingReason.OldKeyInUse, Severity.Warning,
                $"Somebody else read the old version at {read.Location} on {care.ReadByOthersOn:yyyy-MM-dd}, after it was superseded: a "
                    + $"consumer has not switched. Find it before you revoke {old.Short}. Rotation {rotation.Id}.");
        }
        else if (rotation is { AskedAt: not null, Death.AliveAt: not null } && !IsOldAlive(rotation, key, now))
        {
            yield return Claim(rotation, key, FindingReason.RevocationDue, Severity.Warning,
                $"Consumers have had their time to pick up the new key: revoke the old one, {old.Short}, {At(console)}, and say so: "
                    + $"`keyrotator rotations revoked {rotation.Id}`.");
        }
    }

    private static string At(string? console) => console is null ? "at the provider" : $"at {console}";

    private static RotationLocation? Failing(KeyRotation rotation, DateTimeOffset now) =>
        rotation.Places.FirstOrDefault(location => location.FailingSince is { } since
            && now - since >= (rotation.IsEmergency || rotation.IsOldDead ? TimeSpan.Zero : StalledAfter));

    // An operator who said that it is revoked is told at once where it is not; so is everybody where it was proven dead.
    private static bool IsOldAlive(KeyRotation rotation, ManagedKey key, DateTimeOffset now) =>
        rotation is { Phase: RotationPhase.Overlap or RotationPhase.OldKeyDead, Death.AliveAt: { } aliveAt }
            && !DeathProof.IsProven(rotation.Death)
            && (rotation.IsEmergency || rotation.RevivedAt is not null || rotation.RevokedAt < aliveAt
                || now >= rotation.LiveAt + key.Policy.RetireWithin);

    private static FindingClaim Claim(
        KeyRotation rotation, ManagedKey key, FindingReason reason, Severity severity, string message) => new()
        {
            Key = new(FindingSubject.Key(rotation.KeyId.Value), reason, 0, Mark(rotation)),
            Severity = key.Policy.SeverityOverrides.TryGetValue(reason, out var own) ? own : severity,
            Message = message,
        };
}

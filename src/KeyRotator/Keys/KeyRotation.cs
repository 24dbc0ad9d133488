using KeyRotator.Secrets;

namespace KeyRotator.Keys;

/// <summary>One rotation as its journal has it. Immutable. Never a value: what rolls it forward is read from a location that holds it
/// already.</summary>
public sealed record KeyRotation
{
    /// <summary>Its number in this installation, from 1.</summary>
    public long Id { get; init; }

    /// <summary>Its name in every installation: what the tokens of its writes derive from.</summary>
    public required Guid Uid { get; init; }

    /// <summary>The key.</summary>
    public required KeyId KeyId { get; init; }

    /// <summary>What opened it.</summary>
    public RotationKind Kind { get; init; }

    /// <summary>How far it has come.</summary>
    public RotationPhase Phase { get; init; }

    /// <summary>Who handed the candidate in: account and host, or an operator's name.</summary>
    public required string Actor { get; init; }

    /// <summary>When (UTC).</summary>
    public required DateTimeOffset SubmittedAt { get; init; }

    /// <summary>Fingerprint of the value to be replaced; null where the key had none.</summary>
    public Fingerprint? OldFingerprint { get; init; }

    /// <summary>Fingerprint of the candidate.</summary>
    public required Fingerprint NewFingerprint { get; init; }

    /// <summary>The old key has leaked: no grace, and alerts at once.</summary>
    public bool IsEmergency { get; init; }

    /// <summary>The old key was dead before: no grace, and no way back.</summary>
    public bool IsOldDead { get; init; }

    /// <summary>An operator waived the proof of death, because the old value cannot be kept.</summary>
    public bool WaivesProof { get; init; }

    /// <summary>First instant at which the candidate no longer works, as the operator stated it (UTC); null where nothing was
    /// stated.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Time that consumers get to pick the candidate up.</summary>
    public required TimeSpan Grace { get; init; }

    /// <summary>When the candidate was last proven (UTC), or null.</summary>
    public DateTimeOffset? ProvenAt { get; init; }

    /// <summary>When it was live at every location (UTC), or null.</summary>
    public DateTimeOffset? LiveAt { get; init; }

    /// <summary>When an operator said that the old key is revoked (UTC), or null.</summary>
    public DateTimeOffset? RevokedAt { get; init; }

    /// <summary>When the provider was first asked about the old key since (UTC), or null.</summary>
    public DateTimeOffset? AskedAt { get; init; }

    /// <summary>What was learned of the old key since.</summary>
    public DeathRecord Death { get; init; } = DeathRecord.None;

    /// <summary>When the old key was accepted after it had been proven dead (UTC), or null where that never was.</summary>
    public DateTimeOffset? RevivedAt { get; init; }

    /// <summary>Nothing is to be done before then (UTC), or null.</summary>
    public DateTimeOffset? NextAt { get; init; }

    /// <summary>What only an operator can decide, a sentence of ours; null where it goes on by itself.</summary>
    public string? Needs { get; init; }

    /// <summary>How it ended, a sentence of ours; null while it has not.</summary>
    public string? Outcome { get; init; }

    /// <summary>When it ended (UTC), or null.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>The locations, the primary first.</summary>
    public required IReadOnlyList<RotationLocation> Locations { get; init; }

    /// <summary>Where the old value is kept until the end, and how that stands: null where a store keeps it anyway, or there is
    /// none.</summary>
    public RotationLocation? Kept { get; init; }

    /// <summary>Where the candidate waits for its time or an approval, and how that stands: null where it waits for neither.</summary>
    public RotationLocation? Held { get; init; }

    /// <summary>When and by whom it may go live: at once, where nothing else was asked for.</summary>
    public RotationTerms Terms { get; init; } = RotationTerms.AtOnce;

    /// <summary>Whether it stands still until somebody else approves it.</summary>
    public bool AwaitsApproval => Phase is RotationPhase.Held && Terms is { Approvals: > 0, Approval: null };

    /// <summary>When the grace ends (UTC); null while the candidate is not live everywhere.</summary>
    public DateTimeOffset? GraceEndsAt => LiveAt + (IsEmergency || IsOldDead ? TimeSpan.Zero : Grace);

    /// <summary>Whether some location may hold the candidate.</summary>
    public bool HasBegun => Locations.Any(location => location.Step is not LocationStep.Planned);

    /// <summary>Every place that it writes to: the locations, where the old value is kept, and where the new one waits.</summary>
    public IEnumerable<RotationLocation> Places => [.. Locations, .. Copies];

    /// <summary>The places beside the locations, which are cleared on every end.</summary>
    public IEnumerable<RotationLocation> Copies => new[] { Kept, Held }.OfType<RotationLocation>();

    /// <summary>Whether something of it lies in a store that goes with it: a copy of the old value, the new one where it waited, a pin, a mark.</summary>
    public bool HasLeftovers => Copies.Any(copy => copy.HoldsCopy) || Locations.Any(location => location.Care.IsLeft);

    /// <summary>This rotation with one location replaced.</summary>
    public KeyRotation With(RotationLocation location) => location.IsKept
        ? this with { Kept = location }
        : location.IsHeld ? this with { Held = location }
        : this with { Locations = [.. Locations.Select(each => each.Ordinal == location.Ordinal ? location : each)] };

    /// <summary>This rotation at an end. It stays open while something of it is still to be removed from a store.</summary>
    public KeyRotation EndedAs(RotationPhase phase, string? outcome, DateTimeOffset now) => this with
    {
        Phase = phase,
        Outcome = outcome,
        EndedAt = HasLeftovers ? null : now,
        NextAt = HasLeftovers ? now : null,
        Needs = null,
    };
}

/// <summary>What the provider said of an old key since it was superseded.</summary>
/// <param name="Rejections">How many rejections count, in a row.</param>
/// <param name="Since">When the first of them came (UTC), or null.</param>
/// <param name="LastAt">When the last of them came (UTC), or null.</param>
/// <param name="AliveAt">When the old key was last accepted (UTC), or null.</param>
public sealed record DeathRecord(int Rejections, DateTimeOffset? Since, DateTimeOffset? LastAt, DateTimeOffset? AliveAt)
{
    /// <summary>Nothing.</summary>
    public static DeathRecord None { get; } = new(0, null, null, null);
}

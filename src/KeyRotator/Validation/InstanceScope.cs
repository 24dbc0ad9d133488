using KeyRotator.Keys;
using KeyRotator.Providers;
using KeyRotator.State;

namespace KeyRotator.Validation;

/// <summary>What belongs to one instance during one pass.</summary>
internal sealed class InstanceScope(CheckEnvironment environment, ProviderInstance instance, IKeyProvider provider, StoreTally tally, DateTimeOffset startedAt)
{
    /// <summary>What the pass works with.</summary>
    public CheckEnvironment Environment { get; } = environment;

    /// <summary>The instance.</summary>
    public ProviderInstance Instance { get; } = instance;

    /// <summary>Its vendor.</summary>
    public IKeyProvider Provider { get; } = provider;

    /// <summary>When the pass began (UTC).</summary>
    public DateTimeOffset StartedAt { get; } = startedAt;

    /// <summary>Names the model lists that its keys see.</summary>
    public ModelDigests Digests { get; } = new();

    /// <summary>Paces its probes.</summary>
    public required InstancePacer Pacer { get; init; }

    /// <summary>Whether keys are probed that are not due by their own cadence.</summary>
    public bool IgnoreCadence { get; init; }

    /// <summary>No further key is started after that (UTC); null for no limit.</summary>
    public DateTimeOffset? EndsAt { get; init; }

    /// <summary>Reads primaries.</summary>
    public PrimaryReader Primaries { get; } = new(environment.Stores, tally);

    /// <summary>Looks at the other locations.</summary>
    public SecondaryReader Secondaries => field ??= new(Environment.Stores, Primaries, Environment.State.Fingerprinter);

    /// <summary>Checks keys.</summary>
    public KeyChecker Checker => field ??= new(Instance, Provider, Environment, Pacer, Digests);

    /// <summary>The same, for keys that are not due by their own cadence.</summary>
    public InstanceScope WithoutCadence() => new(Environment, Instance, Provider, tally, StartedAt) { Pacer = Pacer, IgnoreCadence = true, EndsAt = EndsAt };

    /// <summary>What a pass must know of keys before it looks at them.</summary>
    public async Task<KnownKeys> KnownAsync(IReadOnlyList<ManagedKey> keys, CancellationToken cancellationToken)
    {
        await using var transaction = await Environment.State.BeginReadAsync(cancellationToken);
        var timings = await KeyStatusTable.TimingsAsync(transaction, keys.Select(key => key.Id), cancellationToken);
        KeyId[] spread = [.. keys.Where(key => key.Locations.Count > 1).Select(key => key.Id)];
        return new(timings, await KeyStatusTable.LoadAsync(transaction, spread, cancellationToken));
    }

    /// <summary>Whether a key may be probed now: its cadence has come round, or nobody asks for that, and the vendor's own least time has passed. A rejection that waits for its
    /// confirmation may always. A last check in the future was made by a clock that has been set back: it counts for nothing.</summary>
    public bool IsDue(ManagedKey key, KeyTiming? status)
    {
        var now = Environment.Time.GetUtcNow();
        if (key.Suspended)
        {
            return false;
        }

        if (status?.CheckedAt is not { } checkedAt || checkedAt > now || status.Provider != key.Provider)
        {
            return true;
        }

        if (status.RejectedSince is not null && status.ProvenVerdict is not Verdict.Rejected)
        {
            return true;
        }

        return now - checkedAt >= Provider.Profile.LeastCheckEvery && (IgnoreCadence || status.NextCheckAt is not { } next || now >= next);
    }
}

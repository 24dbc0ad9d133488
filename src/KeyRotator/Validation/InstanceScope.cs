using KeyRotator.Keys;
using KeyRotator.Providers;
using KeyRotator.State;

namespace KeyRotator.Validation;

/// <summary>What belongs to one instance during one pass.</summary>
internal sealed class InstanceScope(
    CheckEnvironment environment, ProviderInstance instance, IKeyProvider provider, StoreTally tally, DateTimeOffset startedAt)
{
    private readonly InstanceSilence _silence = new(2 * environment.Concurrency);
    private int _rested;

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

    /// <summary>No further probe is started after that (UTC); null for no limit.</summary>
    public DateTimeOffset? EndsAt { get; init; }

    /// <summary>How long a probe may still wait for its turn; null for no limit.</summary>
    public TimeSpan? TimeLeft => EndsAt - Environment.Time.GetUtcNow();

    /// <summary>Whether no further probe is started: the time is up, or the instance does not answer.</summary>
    public bool IsOver => TimeLeft <= TimeSpan.Zero || _silence.IsTooLong;

    /// <summary>What the stores' listings tell.</summary>
    public required PassListings Listings { get; init; }

    /// <summary>Keys that the pass looked at and did not ask the provider about.</summary>
    public int Rested => Volatile.Read(ref _rested);

    /// <summary>Reads locations.</summary>
    public LocationReader Locations { get; } = new(environment.Stores, tally);

    /// <summary>Looks at the other locations.</summary>
    public SecondaryReader Secondaries => field ??= new(this);

    /// <summary>Looks at keys that are not probed now.</summary>
    public ListedLook Looks => field ??= new(this);

    /// <summary>Checks keys.</summary>
    public KeyChecker Checker => field ??= new(this);

    /// <summary>The same, for keys that are not due by their own cadence.</summary>
    public InstanceScope WithoutCadence() =>
        new(Environment, Instance, Provider, tally, StartedAt)
        {
            Pacer = Pacer,
            Listings = Listings,
            IgnoreCadence = true,
            EndsAt = EndsAt,
        };

    /// <summary>What a pass must know of keys before it looks at them.</summary>
    public async Task<KnownKeys> KnownAsync(IReadOnlyList<ManagedKey> keys, CancellationToken cancellationToken)
    {
        await using var transaction = await Environment.State.BeginReadAsync(cancellationToken);
        var timings = await KeyStatusTable.TimingsAsync(transaction, keys.Select(key => key.Id), cancellationToken);
        var whole = keys.Where(key => key.Locations.Count > 1 || Looks.IsFor(key, timings.GetValueOrDefault(key.Id)));
        return new(timings, await KeyStatusTable.LoadAsync(transaction, [.. whole.Select(key => key.Id)], cancellationToken));
    }

    /// <summary>Whether a key is looked at now: its cadence has come round, or nobody asks for that. A last check in the future was made by
    /// a clock that has been set back: it counts for nothing.</summary>
    public bool IsDue(ManagedKey key, KeyTiming? known)
    {
        var now = Environment.Time.GetUtcNow();
        return key.IsLookedAfter
            && (IgnoreCadence || known is null || known.Provider != key.Provider || known.CheckedAt > now || !(now < known.NextCheckAt));
    }

    /// <summary>How long the vendor is not asked again about a value: what it tolerates, and, where the place is looked at more often than
    /// that, a while more that spreads the probes.</summary>
    public TimeSpan RestOf(ManagedKey key) =>
        IgnoreCadence ? Provider.Profile.LeastCheckEvery : Cadence.RestOf(key, Instance, Provider.Profile);

    /// <summary>When the provider may be asked about a key that is put off now (UTC).</summary>
    public DateTimeOffset AskableAt()
    {
        var now = Environment.Time.GetUtcNow();
        var rested = _silence.IsTooLong ? now + InstanceSilence.Rest : now;
        return Pacer.PausedUntil > rested ? Pacer.PausedUntil : rested;
    }

    /// <summary>Takes note of a key that rests.</summary>
    public void NoteRest() => Interlocked.Increment(ref _rested);

    /// <summary>Takes note of what a probe said about the instance itself.</summary>
    public void Note(ProbeResult result)
    {
        _silence.Note(result);
        if (result.RetryAt is { } retryAt)
        {
            Pacer.PauseUntil(retryAt);
        }
    }
}

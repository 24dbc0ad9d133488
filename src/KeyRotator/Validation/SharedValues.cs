using KeyRotator.Keys;
using KeyRotator.Secrets;
using KeyRotator.State;

namespace KeyRotator.Validation;

/// <summary>Which managed keys hold one value, as a batch of observations leaves it.</summary>
internal sealed class SharedValues
{
    private const int Named = 8;
    private readonly Inventory _inventory;
    private readonly Dictionary<KeyId, Fingerprint?> _batch = [];
    private readonly HashSet<Fingerprint> _moved = [];
    private ILookup<Fingerprint, KeyId> _recorded = Enumerable.Empty<KeyId>().ToLookup(_ => default(Fingerprint));
    private ILookup<Fingerprint, KeyId> _own = Enumerable.Empty<KeyId>().ToLookup(_ => default(Fingerprint));

    private SharedValues(Inventory inventory) => _inventory = inventory;

    /// <summary>Finds the holders of every value that the batch touches: the batch itself says so of its keys, the database of all
    /// others.</summary>
    public static async Task<SharedValues> LoadAsync(
        StateTransaction transaction,
        Inventory inventory,
        IReadOnlyList<Observation> observations,
        IReadOnlyDictionary<KeyId, KeyStatus> statuses,
        CancellationToken cancellationToken)
    {
        var shared = new SharedValues(inventory);
        foreach (var observation in observations)
        {
            shared.Add(observation, statuses.GetValueOrDefault(observation.Key.Id));
        }

        shared._own = shared._batch.Where(holder => holder.Value is not null)
            .ToLookup(holder => holder.Value.GetValueOrDefault(), holder => holder.Key);
        shared._recorded = await KeyStatusTable.HoldersAsync(
            transaction, [.. shared._own.Select(holders => holders.Key).Union(shared._moved)], cancellationToken);
        return shared;
    }

    /// <summary>The other keys at whose place the same value stands; a few at most. A suspended key is nobody's concern.</summary>
    public IReadOnlyList<ManagedKey> SharersOf(ManagedKey key)
    {
        if (key.GoneSince is not null || _batch.GetValueOrDefault(key.Id) is not { } value)
        {
            return [];
        }

        var others = _recorded[value].Where(holder => !_batch.ContainsKey(holder)).Concat(_own[value]).Where(holder => holder != key.Id);
        return
        [
            .. others.Select(_inventory.Find)
                .OfType<ManagedKey>()
                .Where(other => other.IsLookedAfter)
                .OrderBy(other => other.Id.Value, StringComparer.Ordinal)
                .Take(Named),
        ];
    }

    /// <summary>Keys outside the batch that share a value from now on, or do no more: a few for each value that came or went.</summary>
    public IEnumerable<ManagedKey> Concerned => _moved
        .SelectMany(value => _recorded[value].Where(holder => !_batch.ContainsKey(holder)).Take(Named))
        .Distinct()
        .Select(_inventory.Find)
        .OfType<ManagedKey>();

    private void Add(Observation observation, KeyStatus? status)
    {
        var before = status is { IsMissing: false } ? status.Fingerprint : null;
        var now = observation.Primary switch
        {
            PrimaryReading.Present => observation.Fingerprint,
            PrimaryReading.Absent => null,
            _ => before,
        };
        _batch[observation.Key.Id] = now;
        if (before != now)
        {
            _moved.UnionWith(new[] { before, now }.OfType<Fingerprint>());
        }
    }
}

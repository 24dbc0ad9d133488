using System.Collections.ObjectModel;

namespace KeyRotator.Keys;

/// <summary>All keys that are looked after: those that the file declares, in its order, then those that stores' tags name. The file wins.
/// Safe for use from many threads; what it holds is replaced as a whole.</summary>
public sealed class Inventory
{
    private readonly ILookup<(string Store, string Name), string?> _declaredFields;
    private readonly Lock _lock = new();
    private IReadOnlyList<ManagedKey> _found = [];
    private IReadOnlyDictionary<KeyId, Suspension> _held = ReadOnlyDictionary<KeyId, Suspension>.Empty;
    private volatile Contents _contents;

    /// <summary>Takes the declared keys; each id once.</summary>
    /// <exception cref="ArgumentException">An id stands twice.</exception>
    public Inventory(IReadOnlyList<ManagedKey> declared)
    {
        ArgumentNullException.ThrowIfNull(declared);
        Declared = declared;
        _declaredFields = declared.SelectMany(key => key.Locations.Append(key.Holding).Append(key.Previous))
            .OfType<SecretLocation>()
            .ToLookup(location => (location.Store, location.Name), location => location.Field);
        _contents = new(declared);
        foreach (var key in declared)
        {
            if (!_contents.ById.TryAdd(key.Id, key))
            {
                throw new ArgumentException($"Key {key.Id} is declared twice.", nameof(declared));
            }
        }
    }

    /// <summary>The declared keys, in the file's order.</summary>
    public IReadOnlyList<ManagedKey> Declared { get; }

    /// <summary>All keys: the declared ones in the file's order, then the discovered ones.</summary>
    public IReadOnlyList<ManagedKey> Keys => _contents.Keys;

    /// <summary>The key of an id, or null.</summary>
    public ManagedKey? Find(KeyId id) => _contents.ById.GetValueOrDefault(id);

    /// <summary>Whether the file names a place. Where either side means the whole secret, they mean the same.</summary>
    public bool Declares(SecretLocation location)
    {
        ArgumentNullException.ThrowIfNull(location);
        return _declaredFields[(location.Store, location.Name)]
            .Any(field => field is null || location.Field is null || field == location.Field);
    }

    /// <summary>Whether the file names a secret, or a field of it.</summary>
    public bool Declares(string store, string name) => _declaredFields.Contains((store, name));

    /// <summary>Puts these in place of the discovered keys. One at a declared place is left out; one with the id of a declared key gets
    /// another id.</summary>
    /// <param name="discovered">The keys, each place and id once.</param>
    /// <param name="policyOf">How keys of an environment are looked after; null is no environment.</param>
    public void Take(IEnumerable<DiscoveredKey> discovered, Func<string?, KeyPolicy> policyOf)
    {
        ArgumentNullException.ThrowIfNull(discovered);
        ArgumentNullException.ThrowIfNull(policyOf);
        var ids = Declared.Select(key => key.Id).ToHashSet();
        var found = new List<ManagedKey>();
        foreach (var key in discovered.Where(key => !Declares(key.Location)))
        {
            var id = ids.Contains(key.Id) ? DiscoveredKeyId.Distinct(key.Location) : key.Id;
            if (ids.Add(id))
            {
                found.Add(key.ToManaged(id, policyOf(key.Environment)));
            }
        }

        lock (_lock)
        {
            _found = found;
            Build();
        }
    }

    /// <summary>Takes over which keys operators hold; the configuration's own word stays.</summary>
    /// <param name="held">Their decisions by key; those about keys that are none of these do nothing.</param>
    public void Hold(IReadOnlyDictionary<KeyId, Suspension> held)
    {
        ArgumentNullException.ThrowIfNull(held);
        lock (_lock)
        {
            _held = held;
            Build();
        }
    }

    private void Build()
    {
        var all = Declared.Concat(_found);
        var contents = new Contents([.. _held.Count == 0 ? all : all.Select(key => key.HeldBy(_held.GetValueOrDefault(key.Id)))]);
        foreach (var key in contents.Keys)
        {
            contents.ById.Add(key.Id, key);
        }

        _contents = contents;
    }

    private sealed record Contents(IReadOnlyList<ManagedKey> Keys)
    {
        public Dictionary<KeyId, ManagedKey> ById { get; } = new(Keys.Count);
    }
}

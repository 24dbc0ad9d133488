namespace KeyRotator.Keys;

/// <summary>The declared keys, in the file's order and by id.</summary>
public sealed class Inventory
{
    private readonly Dictionary<KeyId, ManagedKey> _byId;

    /// <summary>Takes the declared keys; each id once.</summary>
    /// <exception cref="ArgumentException">An id stands twice.</exception>
    public Inventory(IReadOnlyList<ManagedKey> keys)
    {
        ArgumentNullException.ThrowIfNull(keys);
        Keys = keys;
        _byId = new Dictionary<KeyId, ManagedKey>(keys.Count);
        foreach (var key in keys)
        {
            if (!_byId.TryAdd(key.Id, key))
            {
                throw new ArgumentException($"Key {key.Id} is declared twice.", nameof(keys));
            }
        }
    }

    /// <summary>All keys, in the file's order.</summary>
    public IReadOnlyList<ManagedKey> Keys { get; }

    /// <summary>The key of an id, or null.</summary>
    public ManagedKey? Find(KeyId id) => _byId.GetValueOrDefault(id);
}

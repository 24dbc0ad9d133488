using KeyRotator.Keys;

namespace KeyRotator.Discovery;

/// <summary>A secret as a listing sees it.</summary>
/// <param name="Tags">What its tags say.</param>
/// <param name="Alias">Another name of the same secret, or null.</param>
/// <param name="Told">The provider instance that the value's format told, or null.</param>
internal sealed record SeenSecret(TaggedSecret Tags, string? Alias, string? Told);

/// <summary>Compares some seen secrets with what is known. Pure.</summary>
/// <param name="store">The store.</param>
/// <param name="known">What is known of secrets with these names.</param>
internal sealed class Sighting(string store, IReadOnlyList<DiscoveredKey> known)
{
    private readonly Dictionary<SecretLocation, DiscoveredKey> _known = known.ToDictionary(key => key.Location);
    private readonly Dictionary<SecretLocation, DiscoveredKey> _new = [];
    private readonly HashSet<DiscoveredKey> _changed = [];
    private readonly HashSet<DiscoveredKey> _same = [];
    private readonly HashSet<DiscoveredKey> _declared = [];

    /// <summary>Keys that were not known; their ids may be taken.</summary>
    public IEnumerable<DiscoveredKey> New => _new.Values;

    /// <summary>Keys to be written.</summary>
    public IReadOnlyCollection<DiscoveredKey> Changed => _changed;

    /// <summary>Keys that are as they were.</summary>
    public IReadOnlyCollection<DiscoveredKey> Same => _same;

    /// <summary>Keys that the file declares by now.</summary>
    public IReadOnlyCollection<DiscoveredKey> Declared => _declared;

    /// <summary>Takes one secret.</summary>
    public void Add(SeenSecret seen, Inventory inventory)
    {
        var tags = seen.Tags;
        if (IsDeclared(tags.Location ?? Whole(tags.Name), seen.Alias, inventory))
        {
            _declared.UnionWith(Of(tags.Name).Where(key => IsDeclared(key.Location, seen.Alias, inventory)));
            return;
        }

        if (tags.Location is null)
        {
            // Which field is meant cannot be known: what was known stays.
            _same.UnionWith(Of(tags.Name).Where(key => key.GoneSince is null));
            return;
        }

        var before = _known.GetValueOrDefault(tags.Location);
        if (Next(tags, before, seen.Told) is not { } key)
        {
            return;
        }

        if (before is null)
        {
            _new[key.Location] = key;
            return;
        }

        _ = key == before ? _same.Add(before) : _changed.Add(key);
    }

    /// <summary>Gives the new keys ids that nobody else has.</summary>
    /// <param name="taken">The keys that have one of the new keys' ids.</param>
    /// <param name="faults">Told of those for which there is none.</param>
    public void Settle(IEnumerable<DiscoveredKey> taken, TagFaults faults)
    {
        var ids = taken.Select(key => key.Id).ToHashSet();
        foreach (var key in _new.Values)
        {
            var id = ids.Contains(key.Id) ? DiscoveredKeyId.Distinct(key.Location) : key.Id;
            if (ids.Add(id))
            {
                _changed.Add(key with { Id = id });
                continue;
            }

            faults.Add(key.Location.Name, ["its id is another key's"]);
        }
    }

    // Without a provider there is no new key; a known one keeps its own.
    private static DiscoveredKey? Next(TaggedSecret tags, DiscoveredKey? before, string? told)
    {
        var provider = tags.Provider ?? told ?? before?.Provider;
        return provider is null || tags.Location is null ? null : new()
        {
            Id = before?.Id ?? DiscoveredKeyId.Of(tags.Location),
            Location = tags.Location,
            Provider = provider,
            IsTagged = tags.Provider is not null || (told is null && before?.IsTagged == true),
            Environment = tags.Environment,
            Owner = tags.Owner,
            Expires = tags.Expires,
        };
    }

    private IEnumerable<DiscoveredKey> Of(string name) => known.Where(key => key.Location.Name == name);

    private SecretLocation Whole(string name) => new() { Store = store, Name = name };

    private static bool IsDeclared(SecretLocation location, string? otherName, Inventory inventory) =>
        inventory.Declares(location) || (otherName is not null && inventory.Declares(location with { Name = otherName }));
}

using KeyRotator.Configuration.Shapes;

namespace KeyRotator.Configuration;

/// <summary>What must hold within a key, and between it and the rest of the file.</summary>
internal sealed class KeyChecks(SettingsDraft draft, SettingsCatalogue catalogue, PolicyChecks policies, FaultList faults)
{
    private readonly HashSet<string> _instances = new([.. draft.Providers.Keys, .. catalogue.ReadyInstances], StringComparer.Ordinal);

    /// <summary>Records the faults of one key.</summary>
    public void Run(string id, KeyDraft key)
    {
        var path = $"keys.{id}";
        CheckProvider(path, key);
        for (var index = 0; index < key.Locations.Count; index++)
        {
            CheckLocation(path, key, index);
        }

        CheckSpare($"{path}.holding", key.Holding, key);
        CheckSpare($"{path}.previous", key.Previous, key);
        if (key.Policy is { } policy)
        {
            policies.Run(path, policy, policy.Over(draft.PolicyOf(key.Environment)));
        }
    }

    private void CheckProvider(string path, KeyDraft key)
    {
        if (key.Provider is not { } provider || _instances.Contains(provider.Value))
        {
            return;
        }

        if (catalogue.Provider(provider.Value) is { } kind)
        {
            var need = kind.NeedsRegion ? "region" : "baseUrl";
            faults.Refuse(provider.At, $"{path}.provider", $"`{kind.Name}` needs `{need}`: declare an instance of it under `providers`");
            return;
        }

        faults.RefuseUnknown(provider, $"{path}.provider", "a provider instance or kind", _instances);
    }

    private void CheckLocation(string path, KeyDraft key, int index)
    {
        var location = key.Locations[index];
        CheckStore($"{path}.locations[{index}]", location);
        if (index == 0 && location.Follows is { } follows)
        {
            faults.Refuse(follows.At, $"{path}.locations[0].follows", "the first location is the primary, which others follow");
        }

        if (key.Locations.Take(index).Any(earlier => IsSame(earlier, location)))
        {
            faults.Refuse(location.At, $"{path}.locations[{index}]", "this location stands in the list already");
        }
    }

    private void CheckSpare(string path, LocationDraft? spare, KeyDraft key)
    {
        if (spare is null)
        {
            return;
        }

        CheckStore(path, spare);
        if (spare.Store is { } store
            && draft.Stores.GetValueOrDefault(store.Value)?.Value is { } settings && StoreMembers.IsReadOnly(settings.Kind))
        {
            faults.Refuse(store.At, $"{path}.store", $"a store of kind `{settings.Kind}` cannot be written");
        }

        if (key.Locations.Any(location => IsSame(location, spare)))
        {
            faults.Refuse(spare.At, path, "this is one of the key's locations: name a place of its own");
        }
    }

    private void CheckStore(string path, LocationDraft location)
    {
        if (location.Store is { } store && !draft.Stores.ContainsKey(store.Value))
        {
            faults.RefuseUnknown(store, $"{path}.store", "a store", draft.Stores.Keys);
        }
    }

    private static bool IsSame(LocationDraft one, LocationDraft other) =>
        one is { Store: { } store, Name: { } name } && store.Value == other.Store?.Value && name == other.Name && one.Field == other.Field;
}

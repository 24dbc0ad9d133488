using KeyRotator.Keys;

namespace KeyRotator.Cli;

/// <summary>The keys that a command line names.</summary>
internal static class KeySelection
{
    /// <summary>The named keys in the order of the inventory, or all.</summary>
    /// <exception cref="CliException">One of them is not in the inventory.</exception>
    public static IReadOnlyList<ManagedKey> Choose(Inventory inventory, IReadOnlyList<string> ids)
    {
        if (ids.Count == 0)
        {
            return inventory.Keys;
        }

        var named = ids.ToHashSet(StringComparer.Ordinal);
        List<ManagedKey> chosen = [.. inventory.Keys.Where(key => named.Remove(key.Id.Value))];
        return named.Count == 0
            ? chosen
            : throw NameArgument.Unknown("key", named.First(), [.. inventory.Keys.Select(key => key.Id.Value)]);
    }
}

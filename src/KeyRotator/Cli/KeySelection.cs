using KeyRotator.Configuration;
using KeyRotator.Keys;

namespace KeyRotator.Cli;

/// <summary>The keys that a command line names.</summary>
internal static class KeySelection
{
    /// <summary>The named keys in the order of the inventory, or all.</summary>
    /// <exception cref="CliException">One of them is not in the inventory.</exception>
    public static IReadOnlyList<ManagedKey> Choose(Settings settings, IReadOnlyList<string> ids)
    {
        if (ids.Count == 0)
        {
            return settings.Keys;
        }

        var named = ids.ToHashSet(StringComparer.Ordinal);
        List<ManagedKey> chosen = [.. settings.Keys.Where(key => named.Remove(key.Id.Value))];
        return named.Count == 0 ? chosen : throw NameArgument.Unknown("key", named.First(), [.. settings.Keys.Select(key => key.Id.Value)]);
    }
}

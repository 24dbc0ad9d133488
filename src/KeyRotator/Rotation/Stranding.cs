using KeyRotator.Keys;

namespace KeyRotator.Rotation;

/// <summary>Whether a rotation can be carried on as the configuration stands. Pure.</summary>
internal static class Stranding
{
    /// <summary>Why nobody can carry it on, and what to do; null where somebody can, or it has ended.</summary>
    /// <param name="rotation">The rotation.</param>
    /// <param name="inventory">The keys that are looked after.</param>
    /// <param name="stores">Names of the configured stores.</param>
    public static string? Why(KeyRotation rotation, Inventory inventory, IReadOnlySet<string> stores)
    {
        var gone = rotation.EndedAt is not null ? null
            : inventory.Find(rotation.KeyId) is null ? $"key {rotation.KeyId}"
            : rotation.Places.FirstOrDefault(place => !stores.Contains(place.Location.Store)) is { } place
                ? $"store {place.Location.Store} of {place.Location}"
            : null;
        return gone is null ? null
            : $"{gone} is not in the configuration any more, so nothing is read or written for it. Put it back, or give the rotation up: "
                + $"`keyrotator rotations abandon {rotation.Id}`.";
    }
}

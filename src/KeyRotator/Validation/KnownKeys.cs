using KeyRotator.Keys;
using KeyRotator.State;

namespace KeyRotator.Validation;

/// <summary>What is known of a chunk of keys before they are looked at: the few columns that every key needs, and whole statuses only of
/// keys with several locations.</summary>
internal sealed class KnownKeys(IReadOnlyDictionary<KeyId, KeyTiming> timings, IReadOnlyDictionary<KeyId, KeyStatus> statuses)
{
    /// <summary>The key's timing, or null where it was never checked.</summary>
    public KeyTiming? Of(ManagedKey key) => timings.GetValueOrDefault(key.Id);

    /// <summary>The key's status, or null where it was never checked or has one location only.</summary>
    public KeyStatus? StatusOf(ManagedKey key) => statuses.GetValueOrDefault(key.Id);
}

using KeyRotator.Keys;

namespace KeyRotator.State;

/// <summary>The columns of a key's status that say whether it is due.</summary>
/// <param name="KeyId">The key.</param>
/// <param name="Provider">The provider instance it was last checked against.</param>
/// <param name="ProvenVerdict">The last proof.</param>
/// <param name="CheckedAt">When it was last checked (UTC), or null.</param>
/// <param name="RejectedSince">Since when a rejection waits for confirmation (UTC), or null.</param>
/// <param name="NextCheckAt">When it is due (UTC), or null.</param>
internal sealed record KeyTiming(
    KeyId KeyId, string Provider, Verdict ProvenVerdict, DateTimeOffset? CheckedAt, DateTimeOffset? RejectedSince, DateTimeOffset? NextCheckAt);

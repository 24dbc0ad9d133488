using KeyRotator.Keys;

namespace KeyRotator.State;

/// <summary>Every value ever seen for a key, by fingerprint.</summary>
internal static class KeyVersionTable
{
    /// <summary>Inserts a version, and where it follows another moves that one to Deactivated with its superseded time. Each transition is recorded with time, actor and reason.</summary>
    public static Task OpenAsync(StateTransaction transaction, KeyVersion version, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>Sets expiry and its source of the current version.</summary>
    public static Task SetExpiryAsync(StateTransaction transaction, KeyId key, int sequence, DateTimeOffset? expiresAt, ExpirySource source, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>All versions of a key, newest first.</summary>
    public static Task<IReadOnlyList<KeyVersion>> OfAsync(StateTransaction transaction, KeyId key, CancellationToken cancellationToken) => throw new NotImplementedException();
}

using KeyRotator.Keys;

namespace KeyRotator.Expiry;

/// <summary>A key version's expiry, and the file's statements that led to it.</summary>
/// <param name="ExpiresAt">First instant at which the version no longer works (UTC), or null where nobody knows.</param>
/// <param name="Source">Who said so.</param>
/// <param name="FromFile">The file's plain statement as it stands now, or null.</param>
/// <param name="Declared">The plain statement that binds this version, or null.</param>
/// <param name="Waiting">A later plain statement that waits for the next version, or null.</param>
internal sealed record ExpiryReading(
    DateTimeOffset? ExpiresAt, ExpirySource Source, DateTimeOffset? FromFile, DateTimeOffset? Declared, DateTimeOffset? Waiting);

/// <summary>Decides which of several statements about a key's expiry holds. Pure.</summary>
internal static class ExpiryPolicy
{
    /// <summary>Weighs the statements: the provider's word, then one about this very version, then the file's plain date.</summary>
    /// <param name="previous">The status before, or null at first sight.</param>
    /// <param name="key">The inventory's entry.</param>
    /// <param name="fingerprintHex">The current version's fingerprint.</param>
    /// <param name="isNewVersion">True where the current version was opened by this very check.</param>
    /// <param name="introspected">The provider's word in this check, or null where it said nothing.</param>
    public static ExpiryReading Read(
        KeyStatus? previous, ManagedKey key, string fingerprintHex, bool isNewVersion, DateTimeOffset? introspected)
    {
        var plain = key.Expires is { FingerprintPrefix: null } statement ? statement.ExpiresAt : (DateTimeOffset?)null;
        var declared = Declare(previous, plain, isNewVersion);
        if (introspected is not null)
        {
            return declared with { ExpiresAt = introspected, Source = ExpirySource.Introspected };
        }

        if (key.Expires is { FingerprintPrefix: { } prefix } stated && fingerprintHex.StartsWith(prefix, StringComparison.Ordinal))
        {
            return declared with { ExpiresAt = stated.ExpiresAt, Source = ExpirySource.Stated };
        }

        return !isNewVersion && previous is { ExpirySource: ExpirySource.Introspected }
            ? declared with { ExpiresAt = previous.ExpiresAt, Source = ExpirySource.Introspected }
            : declared;
    }

    // A plain date is about the version that was current when it appeared or changed. Of two about one version the earlier rules:
    // an old or early edit must not hide a death.
    private static ExpiryReading Declare(KeyStatus? previous, DateTimeOffset? plain, bool isNewVersion)
    {
        var isEdited = plain is not null && plain != previous?.FileExpiry;
        var bound = isNewVersion ? null : previous?.DeclaredExpiry;
        var waiting = previous?.WaitingExpiry;
        if (isNewVersion)
        {
            (bound, waiting) = (isEdited ? plain : waiting, null);
        }
        else if (isEdited)
        {
            (bound, waiting) = bound is null || plain <= bound ? (plain, null) : (bound, plain);
        }

        return new(bound, bound is null ? ExpirySource.Unknown : ExpirySource.Declared, plain ?? previous?.FileExpiry, bound, waiting);
    }
}

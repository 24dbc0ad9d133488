using KeyRotator.Keys;

namespace KeyRotator.Expiry;

/// <summary>What the clock says of a key version. Pure.</summary>
public static class DueDates
{
    /// <summary>When a rotation is due (UTC): the earlier of expiry less <c>rotateBefore</c> and first sight plus <c>rotateEvery</c>; null
    /// while no value was seen.</summary>
    public static DateTimeOffset? RotationDueAt(KeyStatus status, KeyPolicy policy)
    {
        ArgumentNullException.ThrowIfNull(status);
        return RotationDueAt(status.ExpiresAt, status.FirstSeenAt, policy);
    }

    /// <summary>The same, of a version's expiry and first sight alone.</summary>
    public static DateTimeOffset? RotationDueAt(DateTimeOffset? expiresAt, DateTimeOffset? firstSeenAt, KeyPolicy policy)
    {
        ArgumentNullException.ThrowIfNull(policy);
        var byExpiry = Back(expiresAt, policy.RotateBefore);
        var byAge = OverdueAt(firstSeenAt, policy);
        return byExpiry is null || byAge < byExpiry ? byAge : byExpiry;
    }

    /// <summary>When the version is older than the policy allows (UTC): first sight plus <c>rotateEvery</c>; null while no value was
    /// seen.</summary>
    public static DateTimeOffset? OverdueAt(KeyStatus status, KeyPolicy policy)
    {
        ArgumentNullException.ThrowIfNull(status);
        ArgumentNullException.ThrowIfNull(policy);
        return OverdueAt(status.FirstSeenAt, policy);
    }

    private static DateTimeOffset? OverdueAt(DateTimeOffset? firstSeenAt, KeyPolicy policy) =>
        firstSeenAt is { } seen && DateTimeOffset.MaxValue - seen > policy.RotateEvery ? seen + policy.RotateEvery : null;

    private static DateTimeOffset? Back(DateTimeOffset? at, TimeSpan by) =>
        at is { } point && point - DateTimeOffset.MinValue > by ? point - by : at;
}

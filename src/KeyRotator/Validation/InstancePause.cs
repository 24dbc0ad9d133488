using KeyRotator.Http;
using KeyRotator.State;

namespace KeyRotator.Validation;

/// <summary>The pause that a provider asked for, as it is remembered from pass to pass. Pure.</summary>
internal static class InstancePause
{
    /// <summary>Until when the instance is left alone (UTC), or null. A time farther away than any pause was noted before the clock was set
    /// back: it counts for nothing.</summary>
    public static DateTimeOffset? Until(InstanceStatus status, DateTimeOffset now) =>
        status.NotBefore - now > RetryAfter.Most ? null : status.NotBefore;

    /// <summary>The memory after one more Retry-After, or none. A shorter pause does not end a longer one.</summary>
    public static InstanceStatus Remember(InstanceStatus status, DateTimeOffset? retryAt, DateTimeOffset now)
    {
        var until = Until(status, now);
        return retryAt is null || retryAt < until ? status : status with { NotBefore = retryAt };
    }
}

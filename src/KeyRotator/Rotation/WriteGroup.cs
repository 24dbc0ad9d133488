using KeyRotator.Keys;
using KeyRotator.Secrets;
using KeyRotator.Stores;

namespace KeyRotator.Rotation;

/// <summary>The locations of a rotation that are fields of one secret: they are written in one version, so that no reader ever sees half of
/// it. Pure.</summary>
internal static class WriteGroup
{
    /// <summary>Those that go along with a location that is about to be written, itself first.</summary>
    /// <param name="rotation">The rotation.</param>
    /// <param name="location">One of its locations.</param>
    /// <param name="isOpen">Whether another location is to be written too.</param>
    /// <param name="now">Now: one that waits to be tried again does not go along.</param>
    public static List<RotationLocation> Of(
        KeyRotation rotation, RotationLocation location, Func<RotationLocation, bool> isOpen, DateTimeOffset now) =>
    [
        location,
        .. rotation.Locations.Where(other => IsMate(location, other) && isOpen(other) && other.Foreign is null && !(other.RetryAt > now)),
    ];

    /// <summary>The location whose write takes a planned one along; null where it is written by itself or leads.</summary>
    public static RotationLocation? LeaderOf(RotationLocation location, IEnumerable<RotationLocation> planned) => planned.FirstOrDefault(
        other => other.Ordinal < location.Ordinal && other.Step is LocationStep.Planned && IsMate(location, other));

    /// <summary>Those that what happens to a location happens to as well, itself first: they share its last call, or wait for the
    /// next.</summary>
    public static List<RotationLocation> Bound(KeyRotation rotation, RotationLocation location) =>
        [location, .. rotation.Locations.Where(other => IsMate(location, other) && IsBound(location, other))];

    /// <summary>The locations begun as one call, in the next attempt of all of them.</summary>
    public static List<RotationLocation> Begin(
        KeyRotation rotation, IReadOnlyList<RotationLocation> group, WriteTerms terms)
    {
        var attempt = group.Max(location => location.Attempt) + 1;
        var token = WriteToken.Of(rotation, group[0].Location, terms.BaseVersion, attempt, terms.Purpose);
        return [.. group.Select(location => location with
        {
            Step = terms.Step,
            Attempt = attempt,
            Token = token,
            BegunAt = terms.At,
            RetryAt = null,
        })];
    }

    /// <summary>The call that writes them.</summary>
    public static SecretWrite Write(IReadOnlyList<RotationLocation> group, SecretValue value, string? baseVersion) =>
        new(group[0].Location, value, baseVersion is null ? null : new SecretVersion(baseVersion), group[0].Token)
        {
            MoreFields = [.. group.Skip(1).Select(location => location.Location.Field!)],
        };

    /// <summary>Where they are, in words.</summary>
    public static string Places(IEnumerable<RotationLocation> group) => string.Join(" and ", group.Select(each => each.Location));

    private static bool IsBound(RotationLocation location, RotationLocation other) => location.Step is LocationStep.Planned
        ? other is { Step: LocationStep.Planned, Foreign: null }
        : (other.Token, other.Step, other.NewVersion) == (location.Token, location.Step, location.NewVersion);

    private static bool IsMate(RotationLocation location, RotationLocation other) =>
        location.Ordinal != other.Ordinal && location.Location.Field is not null && other.Location.Field is not null
            && (location.Location.Store, location.Location.Name) == (other.Location.Store, other.Location.Name);
}

/// <summary>What a call is begun with.</summary>
/// <param name="Step">What the locations are in from then on.</param>
/// <param name="BaseVersion">The version that it replaces, or null.</param>
/// <param name="Purpose">What tells its token from those of other calls.</param>
/// <param name="At">When (UTC).</param>
internal sealed record WriteTerms(LocationStep Step, string? BaseVersion, string Purpose, DateTimeOffset At);

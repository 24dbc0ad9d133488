using KeyRotator.Keys;
using KeyRotator.Secrets;
using KeyRotator.Stores;

namespace KeyRotator.Rotation;

/// <summary>Looks at locations: what stands there, by fingerprint. It keeps no value.</summary>
internal sealed class LocationReader(RotationDesk desk)
{
    /// <summary>What stands at a location now.</summary>
    /// <exception cref="SecretStoreException">The store could not answer.</exception>
    public async Task<Sighting> LookAsync(RotationLocation location, CancellationToken cancellationToken)
    {
        var seen = await ReadAsync(location, null, cancellationToken);

        // A field that is absent from a secret that is there: what is written replaces that secret's version all the same.
        return seen.Print is null && location.Location.Field is not null && StoreOf(location) is ISecretDescriber describer
            ? seen with { Version = (await describer.DescribeAsync(location.Location, cancellationToken))?.Current?.Id }
            : seen;
    }

    /// <summary>What a version holds there; the current one where none is given.</summary>
    /// <exception cref="SecretStoreException">The store could not answer.</exception>
    public async Task<Sighting> ReadAsync(RotationLocation location, SecretVersion? version, CancellationToken cancellationToken)
    {
        var stored = await StoreOf(location).ReadAsync(location.Location, version, cancellationToken);
        return stored is null
            ? Sighting.Nothing
            : new(desk.Fingerprinter.Of(stored.Value), stored.Version?.Id, stored.WrittenAt);
    }

    /// <summary>What is told of a value that nobody expected.</summary>
    /// <exception cref="SecretStoreException">The store could not answer.</exception>
    public async Task<ForeignSighting> DescribeAsync(RotationLocation location, Sighting seen, CancellationToken cancellationToken)
    {
        var described = StoreOf(location) is ISecretDescriber describer
            ? await describer.DescribeAsync(location.Location, cancellationToken)
            : null;
        var isSame = described?.Current?.Id == seen.Version;
        return new(
            seen.Print, seen.Version, seen.WrittenAt ?? (isSame ? described?.WrittenAt : null), isSame ? described?.WrittenBy : null);
    }

    private ISecretStore StoreOf(RotationLocation location) => desk.Stores[location.Location.Store];
}

/// <summary>What stands at a location.</summary>
/// <param name="Print">The value's fingerprint; null where there is none.</param>
/// <param name="Version">The version that a write would replace, or null.</param>
/// <param name="WrittenAt">When it was written (UTC), or null where the store does not tell.</param>
internal sealed record Sighting(Fingerprint? Print, string? Version, DateTimeOffset? WrittenAt)
{
    /// <summary>Nothing.</summary>
    public static Sighting Nothing { get; } = new(null, null, null);
}

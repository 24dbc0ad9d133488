using KeyRotator.Keys;
using KeyRotator.Stores;

namespace KeyRotator.Rotation;

/// <summary>Marks what was written with the installation's id, which stays, and with the rotation, which goes with it. A mark is for
/// people and for other installations: it holds up nothing.</summary>
internal sealed class MarkWork(RotationDesk desk, RotationJournal journal) : CareWork(desk, journal)
{
    /// <summary>The tag that says which installation writes a secret.</summary>
    public const string InstallationTag = "keyrotator-installation";

    /// <summary>The tag that says which rotation is open for it, and how far it has come there.</summary>
    public const string RotationTag = "keyrotator-rotation";

    /// <inheritdoc />
    protected override bool HoldsUp => false;

    /// <summary>Marks a secret, for all locations of the rotation that lie in it.</summary>
    public Task MarkAsync(RotationLocation location, CancellationToken cancellationToken) => TryAsync(
        location,
        async at =>
        {
            await SaveAsync(at, CareStep.Begun, null, cancellationToken);
            var tags = new Dictionary<string, string?>
            {
                [InstallationTag] = Desk.State.InstallationId,
                [RotationTag] = $"{Journal.Rotation.Uid} Live",
            };
            await Desk.WriterOf<ISecretTagging>(at.Location).TagAsync(at.Location, tags, cancellationToken);
            await SaveAsync(at, CareStep.Done, null, cancellationToken);
        },
        (at, failure) => SaveAsync(
            at,
            CareStep.Skipped,
            $"Warning: {at.Location} could not be marked as this installation's, and works all the same: {failure.FullAdvice}",
            cancellationToken),
        cancellationToken);

    /// <summary>Takes a rotation's mark from a secret, where it still is that rotation's.</summary>
    /// <exception cref="SecretStoreException">The store could not do it.</exception>
    public static async Task UnmarkAsync(
        RotationDesk desk, SecretLocation location, Guid rotation, CancellationToken cancellationToken)
    {
        var store = desk.WriterOf<ISecretTagging>(location);
        var described = store is ISecretDescriber describer ? await describer.DescribeAsync(location, cancellationToken) : null;
        if (described?.Tags.TryGetValue(RotationTag, out var mark) == true
            && mark.StartsWith(rotation.ToString(), StringComparison.Ordinal))
        {
            await store.TagAsync(location, new Dictionary<string, string?> { [RotationTag] = null }, cancellationToken);
        }
    }

    private Task SaveAsync(RotationLocation at, CareStep step, string? what, CancellationToken cancellationToken)
    {
        var rotation = Journal.Rotation;
        foreach (var same in rotation.Locations.Where(each => IsSame(each, at)))
        {
            var care = same.Care with { Mark = step };
            rotation = rotation.With(step is CareStep.Begun ? same with { Care = care } : Cared(same, care));
        }

        return Journal.SaveAsync(rotation, what, cancellationToken);
    }

    // Of one secret, and written.
    private static bool IsSame(RotationLocation each, RotationLocation at) => each.Step is LocationStep.Done
        && each.Location.Store == at.Location.Store && each.Location.Name == at.Location.Name;
}

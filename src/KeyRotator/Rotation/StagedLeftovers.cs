using KeyRotator.Keys;
using KeyRotator.Secrets;
using KeyRotator.State;
using KeyRotator.Stores;

namespace KeyRotator.Rotation;

/// <summary>Versions that were staged for this key and never became current: by a call that was taken for lost, or for a rotation that was
/// given up. They stand in the way of the next one.</summary>
internal sealed class StagedLeftovers(RotationDesk desk, RotationJournal journal)
{
    private readonly LocationReader _reader = new(desk);

    /// <summary>Takes back what is staged at a location, where it holds a value that was handed in for this key. What somebody else staged
    /// stays.</summary>
    /// <exception cref="SecretStoreException">The store could not answer.</exception>
    public async Task TakeBackAsync(RotationLocation location, CancellationToken cancellationToken)
    {
        if (desk.Stores[location.Location.Store] is not IStagingSecretStore store || store is not ISecretDescriber describer
            || await describer.DescribeAsync(location.Location, cancellationToken) is not { Staged: { } staged })
        {
            return;
        }

        var seen = await _reader.ReadAsync(location, staged, cancellationToken);
        if (seen.Print is { } print && print != location.Before && await IsOursAsync(print, cancellationToken))
        {
            await store.UnstageAsync(location.Location, staged, cancellationToken);
        }
    }

    private async Task<bool> IsOursAsync(Fingerprint print, CancellationToken cancellationToken)
    {
        await using var transaction = await desk.State.BeginReadAsync(cancellationToken);
        return await RotationTable.WasHandedInAsync(transaction, journal.Key.Id, print, cancellationToken);
    }
}

using KeyRotator.Keys;
using KeyRotator.State;
using KeyRotator.Stores;

namespace KeyRotator.Rotation;

/// <summary>Pins the version that is about to be superseded, where its store would drop it by itself: the old key can be asked for, and
/// put back, as long as the rotation is open.</summary>
internal sealed class PinWork(RotationDesk desk, RotationJournal journal) : CareWork(desk, journal)
{
    /// <summary>The name of a rotation's pins.</summary>
    public static string NameOf(KeyRotation rotation) => rotation.Uid.ToString("N");

    /// <summary>Pins it. Where the store refuses that for good, the rotation goes on without.</summary>
    public Task PinAsync(RotationLocation location, CancellationToken cancellationToken) => TryAsync(
        location,
        async at =>
        {
            var begun = at with { Care = at.Care with { Pin = CareStep.Begun } };
            await Journal.SaveAsync(begun, null, cancellationToken);
            var store = Desk.WriterOf<ISecretPinning>(at.Location);
            await SweepAsync(store, at.Location, cancellationToken);
            await store.PinAsync(at.Location, new(at.BaseVersion!), NameOf(Journal.Rotation), cancellationToken);
            await Journal.SaveAsync(
                Cared(begun, begun.Care with { Pin = CareStep.Done }),
                $"Pinned the old version at {at.Location}: the store keeps it until the end.",
                cancellationToken);
        },
        (at, failure) => RefusedAsync(at, failure, cancellationToken),
        cancellationToken);

    // Somebody was quicker: what is current now is looked at anew when it is made current, and refused there.
    private Task RefusedAsync(RotationLocation at, SecretStoreException failure, CancellationToken cancellationToken) => Journal.SaveAsync(
        Cared(at, at.Care with { Pin = CareStep.Skipped }),
        $"The old version at {at.Location} could not be pinned, so the store may drop it once the secret is written again: "
            + failure.FullAdvice,
        cancellationToken);

    // The pins of rotations that have ended, by a process that died on the way or by an operator who left them.
    private async Task SweepAsync(ISecretPinning store, SecretLocation location, CancellationToken cancellationToken)
    {
        if (store is not ISecretDescriber describer
            || await describer.DescribeAsync(location, cancellationToken) is not { Pins.Count: > 0 } described)
        {
            return;
        }

        foreach (var pin in described.Pins.Keys.Where(pin => pin != NameOf(Journal.Rotation)))
        {
            if (Guid.TryParseExact(pin, "N", out var uid) && await HasEndedAsync(uid, cancellationToken))
            {
                await store.UnpinAsync(location, pin, cancellationToken);
            }
        }
    }

    private async Task<bool> HasEndedAsync(Guid uid, CancellationToken cancellationToken)
    {
        await using var transaction = await Desk.State.BeginReadAsync(cancellationToken);
        return await RotationTable.HasEndedAsync(transaction, uid, cancellationToken) is true;
    }
}

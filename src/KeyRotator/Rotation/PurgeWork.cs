using KeyRotator.Keys;
using KeyRotator.State;
using KeyRotator.Stores;

namespace KeyRotator.Rotation;

/// <summary>Destroys the old version where it lies, once the old key is proven dead: never a version that another rotation needs, and
/// never the only copy of another field.</summary>
internal sealed class PurgeWork(RotationDesk desk, RotationJournal journal) : CareWork(desk, journal)
{
    /// <summary>Destroys it, or leaves it with a word on it. A store that is down holds the rotation up; the proof stands.</summary>
    public Task PurgeAsync(RotationLocation location, CancellationToken cancellationToken) => TryAsync(
        location,
        async at =>
        {
            if (await RefusalAsync(at, cancellationToken) is { } why)
            {
                await LeftAsync(at, why, cancellationToken);
                return;
            }

            var begun = at with { Care = at.Care with { Purge = CareStep.Begun } };
            await Journal.SaveAsync(begun, null, cancellationToken);
            await DestroyAsync(begun, cancellationToken);
        },
        (at, failure) => failure is SecretConflictException
            ? LeftAsync(at, failure.Advice, cancellationToken)
            : FailAsync(at, failure, cancellationToken),
        cancellationToken);

    private async Task DestroyAsync(RotationLocation begun, CancellationToken cancellationToken)
    {
        var version = new SecretVersion(begun.BaseVersion!);
        var pin = begun.Care.Pin;
        if (Desk.Stores[begun.Location.Store] is ISecretPinning pins && pin is CareStep.Done or CareStep.Begun)
        {
            await pins.UnpinAsync(begun.Location, PinWork.NameOf(Journal.Rotation), cancellationToken);
            pin = CareStep.Undone;
        }

        await Desk.WriterOf<ISecretVersionPurge>(begun.Location).PurgeAsync(begun.Location, version, cancellationToken);
        var done = Journal.Rotation.With(Cared(begun, begun.Care with { Purge = CareStep.Done, Pin = pin }));
        await Journal.SaveAsync(
            done,
            Drops(begun) ? $"Gave the old version {version} at {begun.Location} up: its store deletes it."
                : $"Destroyed the old version {version} at {begun.Location}.",
            transaction => DestroyedAsync(transaction, done, cancellationToken),
            cancellationToken);
    }

    // Gone everywhere: the version's state says so.
    private Task DestroyedAsync(StateTransaction transaction, KeyRotation done, CancellationToken cancellationToken)
    {
        var had = done.Locations.Where(location => location.Before == done.OldFingerprint && location.BaseVersion is not null);
        var isGone = had.All(location => (location.Care.Purge is CareStep.Done && !Drops(location))
            || !Desk.Stores[location.Location.Store].Capabilities.HasVersions);
        return isGone && done.OldFingerprint is { } old
            ? KeyStates.DestroyAsync(
                transaction,
                done.KeyId,
                old,
                new(null, KeyState.Destroyed, Desk.Time.GetUtcNow(), Desk.State.Actor.Name, FormattableString.Invariant(
                    $"its value was destroyed, by rotation {done.Id}")),
                cancellationToken)
            : Task.CompletedTask;
    }

    // Such a store deletes by itself, later: until then whoever knows the version's id may read it.
    private bool Drops(RotationLocation location) => Desk.Stores[location.Location.Store] is ISecretPinning;

    private Task LeftAsync(RotationLocation at, string why, CancellationToken cancellationToken) => Journal.SaveAsync(
        Cared(at, at.Care with { Purge = CareStep.Skipped }),
        $"The old version {at.BaseVersion} at {at.Location} was left: {why}",
        cancellationToken);

    private async Task<string?> RefusalAsync(RotationLocation at, CancellationToken cancellationToken)
    {
        if (Desk.Stores[at.Location.Store] is not ISecretVersionPurge)
        {
            return "its store destroys no single version.";
        }

        await using (var transaction = await Desk.State.BeginReadAsync(cancellationToken))
        {
            if (await RotationLocationTable.NeededByAsync(
                transaction, Journal.Rotation.Id, at.Location, at.BaseVersion!, cancellationToken) is { } other)
            {
                return FormattableString.Invariant($"rotation {other} still needs it.");
            }
        }

        var old = await FieldsAsync(at.Location, new(at.BaseVersion!), cancellationToken);
        if (old is null || old.All(name => name == at.Location.Field))
        {
            return null;
        }

        var current = await CurrentFieldsAsync(at.Location, cancellationToken);
        var only = old.Count(name => name != at.Location.Field && !current.Contains(name, StringComparer.Ordinal));
        return only == 0 ? null
            : FormattableString.Invariant($"{only} other field(s) of it stand in no newer version; they would be lost.");
    }

    // Null where the version is gone, or holds one value alone.
    private async Task<IReadOnlyList<string>?> FieldsAsync(
        SecretLocation location, SecretVersion version, CancellationToken cancellationToken)
    {
        var store = Desk.Stores[location.Store];
        if (store is ISecretVersionFields fields)
        {
            return await fields.FieldsAsync(location, version, cancellationToken);
        }

        return location.Field is null ? null : NamesOf(await store.ReadAsync(location with { Field = null }, version, cancellationToken));
    }

    private async Task<IReadOnlyList<string>> CurrentFieldsAsync(SecretLocation location, CancellationToken cancellationToken)
    {
        var store = Desk.Stores[location.Store];
        var current = store is ISecretDescriber describer
            ? (await describer.DescribeAsync(location, cancellationToken))?.Current
            : null;
        var names = current is { } version
            ? await FieldsAsync(location, version, cancellationToken)
            : NamesOf(await store.ReadAsync(location with { Field = null }, null, cancellationToken));
        return names ?? [];
    }

    private static IReadOnlyList<string>? NamesOf(StoredSecret? secret) => secret is null ? null : JsonFields.AllNames(secret.Value);
}

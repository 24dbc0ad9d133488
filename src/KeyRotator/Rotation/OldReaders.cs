using System.Globalization;
using KeyRotator.Keys;
using KeyRotator.Stores;

namespace KeyRotator.Rotation;

/// <summary>Who reads the old version after it was superseded, where its store tells that by day: a consumer that has not switched. Our own
/// reads would hide others', so they are few, and their days are recorded before them.</summary>
internal sealed class OldReaders(RotationDesk desk, RotationJournal journal)
{
    // The store's clock may show another day than ours.
    private static readonly TimeSpan s_skew = TimeSpan.FromMinutes(5);

    /// <summary>Least time between two reads of ours while nobody knows that the old key is revoked.</summary>
    public static TimeSpan Patience { get; } = TimeSpan.FromDays(2);

    /// <summary>Whether the old version can be read nowhere without being counted as a reader.</summary>
    public static bool IsWatched(RotationDesk desk, KeyRotation rotation) =>
        rotation.Kept is not { HoldsCopy: true } && rotation.Locations.Any(location => HoldsOld(rotation, location))
            && rotation.Locations.Where(location => HoldsOld(rotation, location)).All(location => IsTelling(desk, location));

    /// <summary>Whether a location's old version may be read now. Where it may, the day is recorded.</summary>
    public async Task<bool> MayReadAsync(RotationLocation location, CancellationToken cancellationToken)
    {
        if (IsTelling(desk, location) && IsQuiet(journal.Rotation) && NextRead(location.Care) > desk.Time.GetUtcNow())
        {
            return false;
        }

        await NoteAsync(location, cancellationToken);
        return true;
    }

    /// <summary>Records that we are about to read a location's old version.</summary>
    public Task NoteAsync(RotationLocation location, CancellationToken cancellationToken)
    {
        var now = desk.Time.GetUtcNow();
        var at = journal.Rotation.Locations[location.Ordinal];
        var care = at.Care.ReadOn(Day(now)).ReadOn(Day(now - s_skew)).ReadOn(Day(now + s_skew));
        return IsTelling(desk, location) && care != at.Care
            ? journal.SaveAsync(at with { Care = care }, null, cancellationToken)
            : Task.CompletedTask;
    }

    /// <summary>When the old version may be read again (UTC); null where it may now.</summary>
    public DateTimeOffset? NotBefore()
    {
        var rotation = journal.Rotation;
        if (!IsQuiet(rotation) || !IsWatched(desk, rotation))
        {
            return null;
        }

        var next = rotation.Locations.Where(location => HoldsOld(rotation, location)).Min(location => NextRead(location.Care));
        return next > desk.Time.GetUtcNow() ? next : null;
    }

    /// <summary>Looks who has read the old version, before we do.</summary>
    /// <exception cref="SecretStoreException">A store could not answer now.</exception>
    public async Task LookAsync(CancellationToken cancellationToken)
    {
        var rotation = journal.Rotation;
        foreach (var location in rotation.Locations.Where(location => IsQuiet(rotation) && HoldsOld(rotation, location)))
        {
            if (desk.Stores[location.Location.Store] is ISecretReaders store && rotation.LiveAt is { } liveAt)
            {
                await LookAsync(store, location, Day(liveAt), cancellationToken);
            }
        }
    }

    private async Task LookAsync(ISecretReaders store, RotationLocation location, DateOnly superseded, CancellationToken cancellationToken)
    {
        DateOnly? read;
        try
        {
            read = await store.LastReadAsync(location.Location, new(location.BaseVersion!), cancellationToken);
        }
        catch (SecretStoreException failure) when (!failure.IsTransient)
        {
            var blind = location with { Care = location.Care with { ReadersSeenAt = desk.Time.GetUtcNow() } };
            var what = $"Who reads the old version at {location.Location} cannot be told: {failure.FullAdvice}";
            await journal.SaveAsync(blind, location.Care.ReadersSeenAt is null ? what : null, cancellationToken);
            return;
        }

        // On the day of the change itself nobody knows who came before it and who after.
        var others = read > superseded && !location.Care.ReadOnDay(read.Value) ? read : null;
        var care = location.Care with { ReadByOthersOn = others, ReadersSeenAt = desk.Time.GetUtcNow() };
        await journal.SaveAsync(location with { Care = care }, Told(location, others), cancellationToken);
    }

    private static string? Told(RotationLocation location, DateOnly? others) => (location.Care.ReadByOthersOn, others) switch
    {
        (var before, { } on) when before != on =>
            $"Somebody else read the old version at {location.Location} on {Text(on)}, after it was superseded: a consumer has not "
                + "switched.",
        ({ }, null) => $"Nobody else has read the old version at {location.Location} since.",
        _ => null,
    };

    private static bool HoldsOld(KeyRotation rotation, RotationLocation location) =>
        location.BaseVersion is not null && location.Before is not null && location.Before == rotation.OldFingerprint;

    private static bool IsTelling(RotationDesk desk, RotationLocation location) => desk.Stores[location.Location.Store] is ISecretReaders;

    private static bool IsQuiet(KeyRotation rotation) => rotation is
    { Phase: RotationPhase.Overlap, RevokedAt: null, IsEmergency: false, IsOldDead: false, Death.Rejections: 0 };

    private static DateTimeOffset? NextRead(RotationCare care) => care.ReadDays.Length == 0
        ? null
        : care.ReadDays.Split(' ').Max(day => Start(DateOnly.ParseExact(day, "yyyy-MM-dd", CultureInfo.InvariantCulture))) + Patience;

    private static DateTimeOffset Start(DateOnly day) => new(day, TimeOnly.MinValue, TimeSpan.Zero);

    private static DateOnly Day(DateTimeOffset at) => DateOnly.FromDateTime(at.UtcDateTime);

    private static string Text(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}

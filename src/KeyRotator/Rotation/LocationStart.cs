using KeyRotator.Keys;
using KeyRotator.Stores;

namespace KeyRotator.Rotation;

/// <summary>Begins writes: records them before their call.</summary>
internal sealed class LocationStart(RotationDesk desk, RotationJournal journal)
{
    private readonly LocationReader _reader = new(desk);
    private readonly LocationRecord _record = new(desk, journal, new LocationReader(desk));

    /// <summary>Those that go along with a location that is about to be written, itself first.</summary>
    public List<RotationLocation> Planned(RotationLocation location) =>
        WriteGroup.Of(journal.Rotation, location, other => other.Step is LocationStep.Planned, desk.Time.GetUtcNow());

    /// <summary>Begins the write of a location and of those that go along with it. They are read right before the call, so that nothing is
    /// written over what nobody expected; none are begun where nothing is to be written.</summary>
    /// <exception cref="SecretStoreException">The store could not answer.</exception>
    public async Task<List<RotationLocation>> BeginAsync(
        RotationLocation location, LocationStep step, CancellationToken cancellationToken)
    {
        var group = new List<RotationLocation>();
        foreach (var each in Planned(location))
        {
            var seen = await _reader.LookAsync(each, cancellationToken);
            if (seen.Print == journal.Rotation.NewFingerprint)
            {
                await _record.DoneAsync(each, seen, cancellationToken);
            }
            else if (seen.Print != each.Before)
            {
                await _record.ForeignAsync(each.MovedTo(LocationStep.Planned), seen, cancellationToken);
            }
            else
            {
                var baseVersion = group is [var first, ..] ? first.BaseVersion : seen.Version;
                var care = baseVersion == each.BaseVersion ? each.Care : each.Care with { Pin = PinOf(each) };
                group.Add(each with { BaseVersion = baseVersion, NewVersion = null, Care = care });
            }
        }

        if (group.Count > 0 && !await journal.LockAsync(location, cancellationToken))
        {
            await _record.PauseAsync(group, cancellationToken);
            return [];
        }

        return group.Count > 0 ? await BeginAsync(group, step, cancellationToken) : group;
    }

    // Another version is to be pinned then: the pin moves.
    private static CareStep PinOf(RotationLocation location) =>
        location.Care.Pin is CareStep.None or CareStep.Skipped ? CareStep.None : CareStep.Begun;

    private async Task<List<RotationLocation>> BeginAsync(
        List<RotationLocation> group, LocationStep step, CancellationToken cancellationToken)
    {
        var begun = WriteGroup.Begin(journal.Rotation, group, new(step, group[0].BaseVersion, "write", desk.Time.GetUtcNow()));
        var rotation = begun.Aggregate(journal.Rotation, (rotation, each) => rotation.With(each));
        await journal.SaveAsync(rotation with { Phase = RotationPhase.Installing }, null, cancellationToken);
        return begun;
    }
}

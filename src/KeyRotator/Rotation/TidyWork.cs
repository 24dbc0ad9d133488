using KeyRotator.Keys;
using KeyRotator.Stores;

namespace KeyRotator.Rotation;

/// <summary>Takes the pin and the rotation's mark from a secret, on the way to an end. The installation's mark stays.</summary>
internal sealed class TidyWork(RotationDesk desk, RotationJournal journal) : CareWork(desk, journal)
{
    /// <summary>Takes them away. What may not be taken away is left, with a word on it.</summary>
    public async Task TidyAsync(RotationLocation location, RotationStep.End end, CancellationToken cancellationToken)
    {
        // From here on nothing else becomes of the rotation, whoever carries it on.
        if (Journal.Rotation.Phase != end.Phase)
        {
            var ending = Journal.Rotation with { Phase = end.Phase, Outcome = end.Outcome };
            await Journal.SaveAsync(ending, null, cancellationToken);
        }

        await TryAsync(
            Now(location),
            at => RemoveAsync(at, cancellationToken),
            (at, failure) => Journal.SaveAsync(
                Cared(at, Undone(at.Care, CareStep.Skipped)),
                $"What this rotation noted at {at.Location} was left there: {failure.FullAdvice} `rotations recover` lists it.",
                cancellationToken),
            cancellationToken);
    }

    private async Task RemoveAsync(RotationLocation at, CancellationToken cancellationToken)
    {
        var begun = at with { Care = Undone(at.Care, CareStep.Undoing) };
        await Journal.SaveAsync(begun, null, cancellationToken);
        if (begun.Care.Pin is CareStep.Undoing)
        {
            await Desk.WriterOf<ISecretPinning>(at.Location).UnpinAsync(at.Location, PinWork.NameOf(Journal.Rotation), cancellationToken);
        }

        if (begun.Care.Mark is CareStep.Undoing)
        {
            await MarkWork.UnmarkAsync(Desk, at.Location, Journal.Rotation.Uid, cancellationToken);
        }

        await Journal.SaveAsync(Cared(begun, Undone(begun.Care, CareStep.Undone)), null, cancellationToken);
    }

    private static RotationCare Undone(RotationCare care, CareStep step) =>
        care with { Pin = Undone(care.Pin, step), Mark = Undone(care.Mark, step) };

    private static CareStep Undone(CareStep now, CareStep step) =>
        now is CareStep.Begun or CareStep.Done or CareStep.Undoing ? step : now;
}

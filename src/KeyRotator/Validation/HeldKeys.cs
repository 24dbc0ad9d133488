using KeyRotator.State;

namespace KeyRotator.Validation;

/// <summary>The keys that are held while a pass is under way.</summary>
internal static class HeldKeys
{
    /// <summary>The observations with what operators hold now, not what they held when the pass began: of a key that is held nothing was
    /// seen.</summary>
    public static async Task<IReadOnlyList<Observation>> LeaveOutAsync(
        StateTransaction transaction, IReadOnlyList<Observation> observations, CancellationToken cancellationToken)
    {
        // As good as always, nobody holds any key: that is known without asking for each.
        if (observations.All(observation => observation.Key.Suspension is null)
            && !await SuspensionTable.AnyAsync(transaction, cancellationToken))
        {
            return observations;
        }

        var held = await SuspensionTable.OfAsync(transaction, observations.Select(observation => observation.Key.Id), cancellationToken);
        return [.. observations.Select(Now)];

        Observation Now(Observation observation)
        {
            var key = observation.Key.HeldBy(held.GetValueOrDefault(observation.Key.Id));
            return key.Suspended ? new Observation { Key = key, At = observation.At } : observation with { Key = key };
        }
    }
}

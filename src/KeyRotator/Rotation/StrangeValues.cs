using KeyRotator.Keys;
using KeyRotator.Secrets;
using KeyRotator.State;

namespace KeyRotator.Rotation;

/// <summary>Which values a rotation would overwrite that were never seen of its key.</summary>
/// <param name="request">What is asked for.</param>
/// <param name="known">Every value ever seen of the key, or put in place or replaced by a rotation of it.</param>
internal sealed class StrangeValues(RotationRequest request, IReadOnlySet<Fingerprint> known)
{
    /// <summary>By what is on record.</summary>
    public static async Task<StrangeValues> ReadAsync(
        StateTransaction transaction, RotationRequest request, CancellationToken cancellationToken)
    {
        var seen = await KeyVersionTable.OfAsync(transaction, request.Key.Id, cancellationToken);
        var rotated = await RotationValues.OfAsync(transaction, request.Key.Id, cancellationToken);
        return new(request, seen.Select(version => version.Fingerprint).Concat(rotated).ToHashSet());
    }

    /// <summary>One sentence for each secondary location that holds neither the primary's value nor an earlier one of the key, where the
    /// operator did not name exactly that value.</summary>
    public IEnumerable<string> At(IReadOnlyList<RotationLocation> locations, Fingerprint candidate) =>
        from location in locations
        where location.Ordinal > 0 && location.Before is { } there && there != candidate && there != locations[0].Before && IsStrange(there)
        select $"{location.Location} holds a value ({location.Before!.Value.Short}) that was never seen of {request.Key.Id}; "
            + $"{locations[0].Location} holds {locations[0].Before?.Short ?? "nothing"}. Look whose it is. To replace exactly that value: "
            + $"--overwrite {location.Before.Value.Short}";

    /// <summary>A sentence where such a value lies at the place that is to keep the old one, or null.</summary>
    public string? At(RotationLocation kept, Fingerprint old) => kept.Before is { } there && there != old && IsStrange(there)
        ? $"{kept.Location}, where the old value ({old.Short}) is to be kept, holds a value ({there.Short}) that was never seen of "
            + $"{request.Key.Id}. Look whose it is. To replace exactly that value: --overwrite {there.Short}"
        : null;

    private bool IsStrange(Fingerprint print) => !known.Contains(print)
        && !request.Overwrites.Contains(print.Short, StringComparer.OrdinalIgnoreCase);
}

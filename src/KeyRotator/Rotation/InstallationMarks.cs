using KeyRotator.Keys;
using KeyRotator.Stores;

namespace KeyRotator.Rotation;

/// <summary>Whose the secrets are that a rotation would write: another installation's are left alone until somebody takes them
/// over.</summary>
internal sealed class InstallationMarks(RotationDesk desk)
{
    /// <summary>Looks at each secret once, where its store keeps tags.</summary>
    public async Task<MarksSeen> LookAsync(
        RotationRequest request, IEnumerable<SecretLocation> places, CancellationToken cancellationToken)
    {
        var (faults, taken) = (new List<string>(), new List<string>());
        foreach (var place in places.DistinctBy(place => (place.Store, place.Name)))
        {
            try
            {
                if (await OtherAsync(place, cancellationToken) is { } other)
                {
                    (request.TakesOver ? taken : faults).Add(request.TakesOver
                        ? $"{place} from installation {other}"
                        : $"{place} is marked by another installation of KeyRotator ({other}): two that write one secret undo each other's "
                            + "work. Where that one is gone, or its database is lost: --take-over.");
                }
            }
            catch (SecretStoreException failure)
            {
                faults.Add(failure.Message);
            }
        }

        return new(faults, taken);
    }

    private async Task<string?> OtherAsync(SecretLocation place, CancellationToken cancellationToken) =>
        desk.Stores[place.Store] is ISecretTagging { Capabilities.KeepsTags: true } and ISecretDescriber describer
            && await describer.DescribeAsync(place, cancellationToken) is { } described
            && described.Tags.TryGetValue(MarkWork.InstallationTag, out var mark) && mark != desk.State.InstallationId
                ? Shown(mark)
                : null;

    // Anybody may write a tag: what is no installation's id is not shown.
    private static string Shown(string mark) => Guid.TryParseExact(mark, "D", out var id) ? id.ToString() : "an id that is none";
}

/// <summary>What marks of other installations were seen.</summary>
/// <param name="Faults">Why nothing may be written, a sentence each.</param>
/// <param name="Taken">The places that are taken over, each with the installation that it is taken from.</param>
internal sealed record MarksSeen(IReadOnlyList<string> Faults, IReadOnlyList<string> Taken);

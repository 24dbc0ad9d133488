using KeyRotator.Keys;
using KeyRotator.Providers;
using KeyRotator.State;

namespace KeyRotator.Rotation;

/// <summary>What somebody sees who is to approve a rotation. Never a value.</summary>
/// <param name="Report">The candidate's tests as they come out now.</param>
/// <param name="Lost">Models that the old key saw last, and that the candidate does not see; null where that cannot be told.</param>
/// <param name="Gained">Models that it sees, and that the old key did not; null where that cannot be told.</param>
internal sealed record ApprovalSheet(ProofReport Report, IReadOnlyList<string>? Lost, IReadOnlyList<string>? Gained)
{
    /// <summary>Reads the candidate from where it waits, and has it tested. Changes nothing.</summary>
    /// <exception cref="RotationRefusedException">It waits there no more.</exception>
    /// <exception cref="Stores.SecretStoreException">It could not be read.</exception>
    /// <exception cref="StateException">The database failed.</exception>
    public static async Task<ApprovalSheet> OfAsync(
        RotationDesk desk, KeyRotation rotation, ManagedKey key, CancellationToken cancellationToken)
    {
        var value = await new ValueFinder(desk).CandidateAsync(rotation, cancellationToken)
            ?? throw new RotationRefusedException(
                $"The new key does not wait at {rotation.Held?.Location} any more: abandon the rotation.");
        var report = await new CandidateProof(desk).ProveAsync(key, value, isKnown: false, cancellationToken);
        var old = await OldModelsAsync(desk, key, cancellationToken);
        return report.Answer?.Models is { } list && old is not null
            ? new(report, list.IsWhole ? Without(old, Names(list)) : null, Without(Names(list), old))
            : new(report, null, null);
    }

    private static async Task<IReadOnlyList<string>?> OldModelsAsync(
        RotationDesk desk, ManagedKey key, CancellationToken cancellationToken)
    {
        await using var transaction = await desk.State.BeginReadAsync(cancellationToken);
        var status = (await KeyStatusTable.LoadAsync(transaction, [key.Id], cancellationToken)).GetValueOrDefault(key.Id);
        return status?.Models.ListDigest is { } digest ? await ModelListTable.LoadAsync(transaction, digest, cancellationToken) : null;
    }

    private static IReadOnlyList<string> Names(ModelList list) => [.. list.Models.Select(model => model.Id)];

    private static IReadOnlyList<string> Without(IReadOnlyList<string> all, IReadOnlyList<string> others) =>
        [.. all.Except(others, StringComparer.Ordinal).Order(StringComparer.Ordinal)];
}

using System.Runtime.CompilerServices;
using KeyRotator.Configuration;
using KeyRotator.Findings;
using KeyRotator.Keys;
using KeyRotator.Ledger;
using KeyRotator.State;

namespace KeyRotator.Cli.Output;

/// <summary>Reads reports out of the database in the order of the inventory, some hundred at a time, all as of one moment.</summary>
internal sealed class KeyReportReader(StateDatabase database, Settings settings)
{
    private const int BatchSize = 500;

    /// <summary>The reports of the given keys.</summary>
    public async IAsyncEnumerable<KeyReport> ReadAsync(
        IReadOnlyList<ManagedKey> keys, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var transaction = await database.BeginReadAsync(cancellationToken);
        foreach (var batch in keys.Chunk(BatchSize))
        {
            var statuses = await KeyStatusTable.LoadAsync(transaction, [.. batch.Select(key => key.Id)], cancellationToken);
            FindingSubject[] subjects = [.. batch.Select(key => FindingSubject.Key(key.Id.Value))];
            var open = await FindingTable.OpenAboutAsync(transaction, subjects, cancellationToken);
            var findings = open.ToLookup(finding => finding.Key.Subject.Name);
            var waiting = await WaitingRotationTable.OfAsync(transaction, batch.Select(key => key.Id), cancellationToken);
            foreach (var key in batch)
            {
                yield return KeyReports.Build(key, statuses.GetValueOrDefault(key.Id), findings[key.Id.Value]) with
                {
                    Waiting = waiting.GetValueOrDefault(key.Id),
                };
            }
        }
    }

    /// <summary>Who looks after what is open, and what is silenced.</summary>
    public async Task<FindingAttention> ReadAttentionAsync(
        IReadOnlyList<ManagedKey> keys, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var transaction = await database.BeginReadAsync(cancellationToken);
        var findings = new FindingWriter(settings, new Inventory(keys), database.InstallationId);
        return await FindingAttention.ReadAsync(transaction, findings, now, cancellationToken);
    }

    /// <summary>What is open about the providers and stores of the given keys, about all channels, and about the audit; the worst
    /// first.</summary>
    public async Task<IReadOnlyList<Finding>> ReadSurroundingsAsync(IReadOnlyList<ManagedKey> keys, CancellationToken cancellationToken)
    {
        HashSet<FindingSubject> subjects = [FindingSubject.Audit, .. settings.Channels.Keys.Select(FindingSubject.Channel)];
        subjects.UnionWith(
            settings.Stores.Values.Where(store => store.Discover is not null).Select(store => FindingSubject.Store(store.Name)));
        subjects.UnionWith(keys.Select(key => FindingSubject.Provider(key.Provider)));
        subjects.UnionWith(keys.SelectMany(key => key.Locations).Select(location => FindingSubject.Store(location.Store)));
        await using var transaction = await database.BeginReadAsync(cancellationToken);
        return [.. KeyReports.InOrder(await FindingTable.OpenAboutAsync(transaction, subjects, cancellationToken))];
    }
}

using KeyRotator.Keys;
using KeyRotator.Providers;
using KeyRotator.Secrets;
using KeyRotator.State;
using KeyRotator.Validation;

namespace KeyRotator.Rotation;

/// <summary>Proves a candidate: looks at it, asks the provider twice, compares with what is on record. Changes nothing.</summary>
internal sealed class CandidateProof(RotationDesk desk)
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(5);

    /// <summary>All tests, up to the first that fails.</summary>
    /// <param name="key">The key that it is to replace.</param>
    /// <param name="candidate">The value.</param>
    /// <param name="isKnown">Whether the value is this key's own, or is put back: then it may have been used before.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    public async Task<ProofReport> ProveAsync(
        ManagedKey key, SecretValue candidate, bool isKnown, CancellationToken cancellationToken)
    {
        var instance = desk.Settings.Providers[key.Provider];
        var known = await KnowledgeAsync(key, candidate, isKnown, cancellationToken);
        var tests = CandidateRules.BeforeAsking(key, instance, candidate, known);
        if (tests.Any(test => test.Outcome is ProofOutcome.Failed))
        {
            return new(tests, null);
        }

        var answer = await AskAsync(instance, candidate, cancellationToken);
        return new([.. tests, .. CandidateRules.OfAnswer(key, instance, answer, known)], answer);
    }

    /// <summary>What is wrong with a candidate already before anybody is asked; none where nothing is.</summary>
    public async Task<IReadOnlyList<string>> FaultsAsync(
        ManagedKey key, SecretValue candidate, CancellationToken cancellationToken)
    {
        var known = await KnowledgeAsync(key, candidate, isKnown: false, cancellationToken);
        var tests = CandidateRules.BeforeAsking(key, desk.Settings.Providers[key.Provider], candidate, known);
        return [.. tests.Where(test => test.Outcome is ProofOutcome.Failed).Select(test => test.Message)];
    }

    // Accepted twice on connections of their own; what a fresh key may still become is waited for.
    private async Task<ProbeVerdict> AskAsync(ProviderInstance instance, SecretValue candidate, CancellationToken cancellationToken)
    {
        var startedAt = desk.Time.GetTimestamp();
        var accepted = 0;
        while (true)
        {
            var result = await desk.Validator.ProbeAsync(instance, candidate, ProbeConnection.Fresh, cancellationToken);
            accepted = result.Verdict.Verdict is Verdict.Accepted ? accepted + 1 : 0;
            if (accepted == 2)
            {
                return result.Verdict;
            }

            if (accepted == 0 && (!CandidateRules.IsWorthAsking(result.Verdict) || desk.Time.GetElapsedTime(startedAt) >= s_patience))
            {
                return result.Verdict;
            }

            if (accepted == 0)
            {
                await Task.Delay(s_pause, desk.Time, cancellationToken);
            }
        }
    }

    private async Task<CandidateKnowledge> KnowledgeAsync(
        ManagedKey key, SecretValue candidate, bool isKnown, CancellationToken cancellationToken)
    {
        var print = desk.Fingerprinter.Of(candidate);
        await using var transaction = await desk.State.BeginReadAsync(cancellationToken);
        var status = (await KeyStatusTable.LoadAsync(transaction, [key.Id], cancellationToken)).GetValueOrDefault(key.Id);
        var digest = status?.Models.ListDigest;
        var instance = await InstanceTable.LoadAsync(transaction, key.Provider, cancellationToken);
        var holders = (await KeyStatusTable.HoldersAsync(transaction, [print], cancellationToken))[print];
        return new CandidateKnowledge
        {
            Holders = [.. holders.Where(holder => holder != key.Id && desk.Inventory.Find(holder) is not null)],
            Retired = isKnown ? null : await KeyVersionTable.RetiredAsync(transaction, print, cancellationToken),
            IsOwn = isKnown,
            Status = status,
            OldModels = digest is null ? null : await ModelListTable.LoadAsync(transaction, digest, cancellationToken),
            IsControlAccepted = instance.ControlAccepted && desk.Settings.Providers[key.Provider].Control,
            IsPlaceKnown = instance.FirstAcceptedAt is not null,
        };
    }
}

using KeyRotator.Audit;
using KeyRotator.State;

namespace KeyRotator.Cli;

/// <summary>Puts trials on record that reach something outside: before they begin, and how they came out. What cannot be recorded is not
/// done.</summary>
internal sealed class Trials(StateDatabase state, TimeProvider time)
{
    /// <summary>Records that one begins, does it, and records how it came out.</summary>
    /// <param name="begun">The act, its target and what is about to be done; the rest is filled in.</param>
    /// <param name="work">Does it.</param>
    /// <param name="outcome">What is recorded of what it returned.</param>
    /// <param name="cancellationToken">Ends it early: then the begin stays alone.</param>
    public async Task<T> RunAsync<T>(
        Trial begun, Func<Task<T>> work, Func<T, TrialOutcome> outcome, CancellationToken cancellationToken)
    {
        await RecordAsync(begun, AuditActs.Begun, begun.What, cancellationToken);
        var result = await work();
        var (passed, sentence) = outcome(result);
        await RecordAsync(begun, passed ? AuditActs.Done : AuditActs.Failed, sentence, CancellationToken.None);
        return result;
    }

    private async Task RecordAsync(Trial trial, string outcome, string reason, CancellationToken cancellationToken)
    {
        var entry = new AuditEntry
        {
            At = time.GetUtcNow(),
            Actor = state.Actor,
            Act = trial.Act,
            TargetKind = trial.TargetKind,
            Target = trial.Target,
            Reason = reason,
            Outcome = outcome,
        };
        await using var transaction = await state.BeginWriteAsync(cancellationToken);
        await AuditTable.AddAsync(transaction, entry, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }
}

/// <summary>A trial.</summary>
/// <param name="Act">What, a name of <see cref="AuditActs"/>.</param>
/// <param name="TargetKind">What kind of thing is tried, a name of <see cref="AuditActs"/>.</param>
/// <param name="Target">That thing's name.</param>
/// <param name="What">What is about to be done, a sentence of ours.</param>
internal sealed record Trial(string Act, string TargetKind, string Target, string What);

/// <summary>How a trial came out.</summary>
/// <param name="Passed">Whether it worked.</param>
/// <param name="Sentence">A sentence of ours. Never a secret.</param>
internal sealed record TrialOutcome(bool Passed, string Sentence);

using KeyRotator.Keys;
using KeyRotator.Secrets;
using KeyRotator.State;
using KeyRotator.Stores;
using KeyRotator.Validation;

namespace KeyRotator.Rotation;

/// <summary>Sees the old key out: asks the provider about the new and the old key, and records what that proves.</summary>
internal sealed class OldKeyWork(RotationDesk desk, RotationJournal journal)
{
    private const string NoSource =
        "The old value is nowhere to be read any more, so nobody can ask whether it is dead. Revoke it, then `rotations close --revoked`.";

    private static readonly TimeSpan s_storePause = TimeSpan.FromMinutes(5);
    private readonly ValueFinder _finder = new(desk);
    private readonly OldReaders _readers = new(desk, journal);

    /// <summary>Asks once.</summary>
    public async Task AskAsync(TimeSpan patience, CancellationToken cancellationToken)
    {
        if (_readers.NotBefore() is { } notBefore)
        {
            await journal.SaveAsync(journal.Rotation with { NextAt = notBefore }, null, cancellationToken);
            return;
        }

        if (await ReadBothAsync(cancellationToken) is not { } pair)
        {
            return;
        }

        var now = desk.Time.GetUtcNow();
        var rotation = journal.Rotation with { AskedAt = journal.Rotation.AskedAt ?? now };
        var answer = await ProbeAsync(pair, cancellationToken);
        var death = DeathProof.Next(rotation.Death, answer, desk.Time.GetUtcNow());
        var next = rotation with { Death = death, NextAt = DeathProof.NextAt(death, rotation.RevokedAt is not null, patience, now) };
        await (rotation.Phase is RotationPhase.OldKeyDead ? LookedAgainAsync(next, answer, cancellationToken)
            : DeathProof.IsProven(death) ? DeadAsync(next, now, cancellationToken)
            : journal.SaveAsync(next, Told(rotation, answer, death), cancellationToken));
    }

    private async Task<Pair?> ReadBothAsync(CancellationToken cancellationToken)
    {
        var rotation = journal.Rotation;
        try
        {
            var candidate = await _finder.CandidateAsync(rotation, cancellationToken) ?? await WitnessAsync(rotation, cancellationToken);
            await _readers.LookAsync(cancellationToken);
            rotation = journal.Rotation;
            var old = await _finder.OldAsync(
                rotation, location => _readers.MayReadAsync(location, cancellationToken), cancellationToken);
            rotation = journal.Rotation;
            if (candidate is not null && old is not null)
            {
                return new(candidate, old);
            }

            if (rotation.Kind is RotationKind.Watch)
            {
                await GiveUpAsync(rotation, old is null, cancellationToken);
                return null;
            }

            if (old is null)
            {
                await (rotation.Phase is RotationPhase.OldKeyDead
                    ? journal.SaveAsync(rotation with { NextAt = null }, null, cancellationToken)
                    : journal.SaveAsync(
                        rotation with { Needs = NoSource }, "The old value is nowhere to be read any more.", cancellationToken));
                return null;
            }
        }
        catch (SecretStoreException)
        {
            // The check of the key itself tells of a store that is down; here it only takes longer.
        }

        await journal.SaveAsync(rotation with { NextAt = desk.Time.GetUtcNow() + s_storePause }, null, cancellationToken);
        return null;
    }

    // A watch whose newer key was replaced by a rotation meanwhile: that rotation's key stands in, for it is asked at the same place.
    private async Task<SecretValue?> WitnessAsync(KeyRotation rotation, CancellationToken cancellationToken)
    {
        if (rotation.Kind is not RotationKind.Watch)
        {
            return null;
        }

        RotationTrace? trace;
        await using (var transaction = await desk.State.BeginReadAsync(cancellationToken))
        {
            trace = (await RotationTable.TracesAsync(transaction, [rotation.KeyId], cancellationToken)).GetValueOrDefault(rotation.KeyId);
        }

        return trace is null ? null
            : await _finder.CandidateAsync(rotation with { NewFingerprint = trace.NewFingerprint }, cancellationToken);
    }

    // Nobody asked for a watch: where there is nothing to watch any more, nobody is asked to decide.
    private Task GiveUpAsync(KeyRotation rotation, bool isOldGone, CancellationToken cancellationToken)
    {
        var (phase, what) = rotation switch
        {
            { Phase: RotationPhase.OldKeyDead } => (RotationPhase.Completed, "The old key is proven dead, and its value is gone."),
            { Death.AliveAt: { } at } => (RotationPhase.Unproven, FormattableString.Invariant(
                $"The old key still worked at {at:yyyy-MM-dd HH:mm}Z, and nobody can ask it any more.")),
            _ when isOldGone => (RotationPhase.Abandoned, "The old value can be read no more, so nobody can ask whether it is dead."),
            _ => (RotationPhase.Abandoned, "The value was changed again, so there is nothing to compare the old key with."),
        };
        return journal.SaveAsync(rotation.EndedAs(phase, what, desk.Time.GetUtcNow()), what, cancellationToken);
    }

    private async Task<PairAnswer> ProbeAsync(Pair pair, CancellationToken cancellationToken)
    {
        var instance = desk.Settings.Providers[journal.Key.Provider];
        var candidate = await desk.Validator.ProbeAsync(instance, pair.Candidate, ProbeConnection.Fresh, cancellationToken);
        var old = await desk.Validator.ProbeAsync(instance, pair.Old, ProbeConnection.Fresh, cancellationToken);
        return new(candidate.Verdict, old.Verdict);
    }

    private async Task DeadAsync(KeyRotation rotation, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var dead = rotation with { Phase = RotationPhase.OldKeyDead, NextAt = now + RotationPlan.LastLook };
        await journal.SaveAsync(
            dead,
            "The provider refused the old key three times over ten minutes: it is dead.",
            transaction => rotation.OldFingerprint is { } old
                ? KeyVersionTable.ProveDeadAsync(transaction, rotation.KeyId, old, now, cancellationToken)
                : Task.CompletedTask,
            cancellationToken);
    }

    // Once more a day later: what was taken for dead and answers again is seen out from the start.
    private Task LookedAgainAsync(KeyRotation rotation, PairAnswer answer, CancellationToken cancellationToken) =>
        answer.Old.Verdict is Verdict.Accepted ? RevivedAsync(rotation, cancellationToken)
            : DeathProof.IsDeath(answer.Old)
                ? journal.SaveAsync(rotation with { NextAt = null }, "A day later the old key is still dead.", cancellationToken)
                : journal.SaveAsync(rotation, null, cancellationToken);

    private Task RevivedAsync(KeyRotation rotation, CancellationToken cancellationToken) => journal.SaveAsync(
        rotation with { Phase = RotationPhase.Overlap, RevivedAt = rotation.Death.AliveAt },
        "The old key was proven dead, and works again.",
        transaction => rotation.OldFingerprint is { } old
            ? KeyVersionTable.ReviveAsync(transaction, rotation.KeyId, old, cancellationToken)
            : Task.CompletedTask,
        cancellationToken);

    private static string? Told(KeyRotation before, PairAnswer answer, DeathRecord death) => answer.Old.Verdict switch
    {
        Verdict.Accepted when before.Death.AliveAt is null || before.Death.Rejections > 0 => "The old key still works.",
        Verdict.Rejected when death.Rejections > before.Death.Rejections =>
            $"The provider refused the old key ({death.Rejections} of {DeathProof.Needed}), and accepted the new one.",
        _ => null,
    };

    private sealed record Pair(SecretValue Candidate, SecretValue Old);
}

using System.Diagnostics;
using KeyRotator.Keys;
using KeyRotator.Secrets;
using KeyRotator.State;
using KeyRotator.Stores;

namespace KeyRotator.Rotation;

/// <summary>Carries one leased rotation on, step by step, until it waits for longer, needs an operator, or ends.</summary>
internal sealed class RotationRunner(RotationDesk desk, RotationJournal journal)
{
    // A wait is cut into pieces, so that the lease is kept.
    private static readonly TimeSpan s_leaseBeat = RotationDesk.Lease / 4;

    private readonly LocationWork _locations = new(desk, journal);
    private readonly RestoreWork _restore = new(desk, journal);
    private readonly KeepWork _keep = new(desk, journal);
    private readonly HoldWork _hold = new(desk, journal);
    private readonly ReleaseWork _release = new(desk, journal);
    private readonly PinWork _pins = new(desk, journal);
    private readonly MarkWork _marks = new(desk, journal);
    private readonly PurgeWork _purge = new(desk, journal);
    private readonly TidyWork _tidy = new(desk, journal);
    private readonly OldKeyWork _old = new(desk, journal);
    private readonly ValueFinder _finder = new(desk);
    private readonly CandidateProof _proof = new(desk);
    private SecretValue? _candidate;
    private bool _wasEnding;

    /// <summary>Whether it stops once the candidate is live everywhere, or waits for its time, however long it may wait.</summary>
    public bool StopsWhenLive { get; init; }

    /// <summary>Told of the candidate's tests when it is proven.</summary>
    public Action<ProofReport>? Proven { get; set; }

    /// <summary>Carries it on.</summary>
    /// <param name="candidate">The value, where it is at hand.</param>
    /// <param name="patience">How long it may wait in all, with the rotation in hand.</param>
    /// <param name="cancellationToken">Ends it early: whoever comes next takes it from there.</param>
    /// <returns>What it stopped at: a wait, a question, or the end.</returns>
    /// <exception cref="RotationLostException">Somebody else works on it now.</exception>
    public async Task<RotationStep> CarryOnAsync(SecretValue? candidate, TimeSpan patience, CancellationToken cancellationToken)
    {
        // An operator may have taken another value as the new one meanwhile: what is at hand then is none of this rotation's.
        _candidate = candidate is not null && desk.Fingerprinter.Of(candidate) == journal.Rotation.NewFingerprint ? candidate : null;
        _wasEnding = journal.Rotation.Phase >= RotationPhase.Completed;
        var startedAt = desk.Time.GetTimestamp();
        while (true)
        {
            var step = RotationPlan.Next(journal.Rotation, View(), desk.Time.GetUtcNow());
            var isEnough = StopsWhenLive && journal.Rotation is { LiveAt: not null } or { Phase: RotationPhase.Held };
            if (step is RotationStep.Wait wait && !isEnough
                && wait.Until - desk.Time.GetUtcNow() <= patience - desk.Time.GetElapsedTime(startedAt))
            {
                await WaitAsync(wait.Until, cancellationToken);
                continue;
            }

            if (await StopAsync(step, cancellationToken))
            {
                return step;
            }

            await PerformAsync(step, cancellationToken);
        }
    }

    private RotationView View() => new()
    {
        HasValue = _candidate is not null,
        StagingStores = Stores(store => store is IStagingSecretStore && store.Capabilities.CanStage),
        PinningStores = Stores(store => store is ISecretPinning),
        TaggingStores = Stores(store => store is ISecretTagging && store.Capabilities.KeepsTags),
        VersionedStores = Stores(store => store.Capabilities.HasVersions),
        Purges = journal.Key.Policy.Purge && journal.Rotation.Kind is RotationKind.Replacement,
    };

    private HashSet<string> Stores(Func<ISecretStore, bool> can) =>
        desk.Stores.Values.Where(can).Select(store => store.Name).ToHashSet(StringComparer.Ordinal);

    private async Task WaitAsync(DateTimeOffset until, CancellationToken cancellationToken)
    {
        for (var wait = until - desk.Time.GetUtcNow(); wait > TimeSpan.Zero; wait = until - desk.Time.GetUtcNow())
        {
            var piece = wait < s_leaseBeat ? wait : s_leaseBeat;
            await Task.Delay(TimeSpan.FromMilliseconds(Math.Ceiling(piece.TotalMilliseconds)), desk.Time, cancellationToken);
            await journal.SaveAsync(journal.Rotation, null, cancellationToken);
        }
    }

    private async Task<bool> StopAsync(RotationStep step, CancellationToken cancellationToken)
    {
        var rotation = journal.Rotation;
        switch (step)
        {
            case RotationStep.Wait wait:
                await journal.SaveAsync(rotation with { NextAt = wait.Until }, null, cancellationToken);
                return true;
            case RotationStep.Ask ask:
                await journal.SaveAsync(rotation with { Needs = ask.Needs }, rotation.Needs is null ? ask.Needs : null, cancellationToken);
                return true;
            case RotationStep.End when rotation.EndedAt is not null:
                return true;
            case RotationStep.End end:
                var now = desk.Time.GetUtcNow();
                var ended = rotation.EndedAs(end.Phase, end.Outcome, now);

                // What led there was told when an operator decided it, or before the value that waited was removed.
                var isTold = _wasEnding || (rotation is { Held: not null } && rotation.Phase == end.Phase);
                var what = isTold ? $"It ended as {end.Phase}." : end.Outcome;
                await journal.SaveAsync(ended, what, cancellationToken);
                return true;
            default:
                return false;
        }
    }

    private Task PerformAsync(RotationStep step, CancellationToken cancellationToken) => step switch
    {
        RotationStep.Prove => ProveAsync(cancellationToken),
        RotationStep.Recover => RecoverAsync(cancellationToken),
        RotationStep.Settle settle => _locations.SettleAsync(settle.Location, cancellationToken),
        RotationStep.Stage stage when _candidate is { } value => _locations.StageAsync(stage.Location, value, cancellationToken),
        RotationStep.Pin pin => _pins.PinAsync(pin.Location, cancellationToken),
        RotationStep.Mark mark => _marks.MarkAsync(mark.Location, cancellationToken),
        RotationStep.Purge purge => _purge.PurgeAsync(purge.Location, cancellationToken),
        RotationStep.Tidy tidy => _tidy.TidyAsync(tidy.Location, tidy.Then, cancellationToken),
        RotationStep.Promote promote => _locations.PromoteAsync(promote.Location, cancellationToken),
        RotationStep.Write write when _candidate is { } value => _locations.WriteAsync(write.Location, value, cancellationToken),
        RotationStep.ReadBack readBack => _locations.ReadBackAsync(readBack.Location, cancellationToken),
        RotationStep.Restore restore => _restore.RestoreAsync(restore.Location, cancellationToken),
        RotationStep.Keep keep => _keep.KeepAsync(keep.Kept, cancellationToken),
        RotationStep.Unkeep unkeep => _keep.RemoveAsync(unkeep.Then, cancellationToken),
        RotationStep.Hold => _hold.HoldAsync(_candidate, cancellationToken),
        RotationStep.Fetch => FetchAsync(cancellationToken),
        RotationStep.Unhold unhold => _release.ReleaseAsync(unhold.Then, cancellationToken),
        RotationStep.GoLive => GoLiveAsync(cancellationToken),
        RotationStep.AskAboutOld => _old.AskAsync(Patience(), cancellationToken),
        _ => throw new UnreachableException($"Nothing performs {step.GetType().Name} here."),
    };

    private async Task ProveAsync(CancellationToken cancellationToken)
    {
        var rotation = journal.Rotation;
        var isFirst = rotation.Phase is RotationPhase.Submitted;
        var isKnown = !isFirst || rotation.Kind is RotationKind.Sync;
        var report = await _proof.ProveAsync(journal.Key, _candidate!, isKnown, cancellationToken);
        Proven?.Invoke(report);
        if (report.Passed)
        {
            var phase = isFirst ? RotationPhase.Proven : rotation.Phase;
            var proven = rotation with { Phase = phase, ProvenAt = desk.Time.GetUtcNow() };
            await journal.SaveAsync(proven, isFirst ? "The provider accepted the new key." : null, cancellationToken);
        }
        else if (isFirst || rotation is { HasBegun: false, Held: null })
        {
            var refused = rotation.EndedAs(RotationPhase.Refused, report.Refusal, desk.Time.GetUtcNow());
            await journal.SaveAsync(refused, report.Refusal, cancellationToken);
        }
        else if (report.Answer is { Verdict: Verdict.Rejected } && rotation.Kind is RotationKind.Sync)
        {
            await journal.EndSyncAsync($"The primary's value is not good any more. {report.Refusal}", cancellationToken);
        }
        else if (report.Answer is { Verdict: Verdict.Rejected })
        {
            var needs = $"The new key is not good any more. {report.Refusal} Roll back, or abandon the rotation and hand in another key.";
            await journal.SaveAsync(rotation with { Needs = needs }, needs, cancellationToken);
        }
        else
        {
            await PauseAsync(report.Refusal ?? "", cancellationToken);
        }
    }

    private async Task FetchAsync(CancellationToken cancellationToken) => _candidate = await _hold.FetchAsync(cancellationToken);

    private async Task RecoverAsync(CancellationToken cancellationToken)
    {
        try
        {
            _candidate = await _finder.CandidateAsync(journal.Rotation, cancellationToken);
        }
        catch (SecretStoreException failure)
        {
            await PauseAsync(failure.FullAdvice, cancellationToken);
            return;
        }

        if (_candidate is null && journal.Rotation.Kind is RotationKind.Sync)
        {
            await journal.EndSyncAsync("The primary holds another value by now: say `keys sync` again.", cancellationToken);
        }
        else if (_candidate is null)
        {
            await journal.SaveAsync(
                journal.Rotation with { Needs = RotationPlan.ValueNeeded }, RotationPlan.ValueNeeded, cancellationToken);
        }
    }

    // Nothing can be written for now: every location that waits for the value waits longer.
    private Task PauseAsync(string fault, CancellationToken cancellationToken)
    {
        var now = desk.Time.GetUtcNow();
        RotationLocation Paused(RotationLocation location) => location.IsSettled || location.Foreign is not null ? location : location with
        {
            Failures = location.Failures + 1,
            FailingSince = location.FailingSince ?? now,
            RetryAt = now + BackOff.After(location.Failures, desk.Random),
            Fault = fault,
        };
        var paused = journal.Rotation with { Locations = [.. journal.Rotation.Locations.Select(Paused)] };
        return journal.SaveAsync(paused, fault, cancellationToken);
    }

    private async Task GoLiveAsync(CancellationToken cancellationToken)
    {
        var now = desk.Time.GetUtcNow();
        var held = journal.Rotation.Held is { HoldsCopy: true } copy ? copy with { RetryAt = now } : journal.Rotation.Held;
        var live = journal.Rotation with { Phase = RotationPhase.Overlap, LiveAt = now, Held = held };
        var what = live.IsOldDead ? "The new key is live everywhere. The old key was dead before: there is no grace."
            : "The new key is live everywhere; both keys work until the old one is revoked.";
        await journal.SaveAsync(
            live with { NextAt = live.GraceEndsAt },
            what,
            transaction => KeyStatusTable.HastenAsync(transaction, live.KeyId, now, cancellationToken),
            cancellationToken);
        await journal.UnlockAsync(cancellationToken);
    }

    // A key that leaked is asked for as often as one that was said to be revoked.
    private TimeSpan Patience() => journal.Rotation.IsEmergency ? DeathProof.SoonAgain
        : journal.Rotation.RevokedAt is null && OldReaders.IsWatched(desk, journal.Rotation) ? OldReaders.Patience
        : DeathProof.Patience;
}

using KeyRotator.Discovery;
using KeyRotator.Findings;
using KeyRotator.Keys;
using KeyRotator.Ledger;
using KeyRotator.State;
using KeyRotator.Stores;

namespace KeyRotator.Validation;

/// <summary>Makes observations durable: each key's status, findings and alerts in one transaction, many keys to a commit.</summary>
/// <remarks>The assessment runs inside the transaction, on the status as it stands there: two processes that check one key at a time judge
/// one after the other, so nothing is lost and nobody is told twice.</remarks>
internal sealed class CheckRecorder(CheckEnvironment environment, Inventory inventory, FindingWriter findings)
{
    private readonly OutageRecorder _outages = new(inventory);
    private readonly VersionRecorder _versions = new(environment, inventory);

    /// <summary>Records a batch of one instance's observations.</summary>
    /// <exception cref="StateException">It could not be recorded; nothing of it was.</exception>
    public async Task<IReadOnlyList<RecordedCheck>> RecordAsync(
        IReadOnlyList<Observation> observations, InstanceScope scope, CancellationToken cancellationToken)
    {
        var now = environment.Time.GetUtcNow();
        await using var transaction = await environment.State.BeginWriteAsync(cancellationToken);
        var instance = await InstanceTable.LoadAsync(transaction, scope.Instance.Name, cancellationToken);
        var judged = await AssessAsync(transaction, observations, scope, instance, now, cancellationToken);
        List<Assessed> assessed = [.. judged.All.OfType<Assessed>()];
        await SaveAsync(transaction, assessed, scope, now, cancellationToken);
        if (judged.Concerned.Count > 0)
        {
            var others = await AssessAsync(transaction, judged.Concerned, scope, instance, now, cancellationToken);
            await SaveAsync(transaction, [.. others.All.OfType<Assessed>()], scope, now, cancellationToken);
            assessed.AddRange(others.All.OfType<Assessed>());
        }

        instance = await LearnAsync(transaction, instance, observations, assessed, now, cancellationToken);
        if (InstancePause.Until(instance, now) is { } pause)
        {
            scope.Pacer.PauseUntil(pause); // what another process was told counts here too
        }

        var session = findings.Begin(transaction);
        var guard = await _outages.JudgeAsync(session, scope, instance, assessed, now, cancellationToken);
        await WriteFindingsAsync(session, assessed, scope, guard, now, cancellationToken);
        await session.FlushAsync(now, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return [.. observations.Zip(judged.All, Recorded)];
    }

    /// <summary>Whether the pass found keys dead, and no other key that vouches for the provider.</summary>
    public async Task<bool> IsInDoubtAsync(InstanceScope scope, CancellationToken cancellationToken)
    {
        await using var transaction = await environment.State.BeginReadAsync(cancellationToken);
        return await _outages.IsInDoubtAsync(transaction, scope, cancellationToken);
    }

    /// <summary>Ends a pass: judges the instance as a whole, and lets go of the alerts that waited for that.</summary>
    /// <param name="scope">The instance's part of the pass.</param>
    /// <param name="keys">How many keys its provider was to be asked about.</param>
    /// <param name="cancellationToken">Ends it early; nothing is recorded then.</param>
    public async Task FinishAsync(InstanceScope scope, int keys, CancellationToken cancellationToken)
    {
        await using var transaction = await environment.State.BeginWriteAsync(cancellationToken);
        var now = environment.Time.GetUtcNow();
        var session = findings.Begin(transaction);
        await _outages.FinishAsync(session, scope, keys, now, cancellationToken);
        await session.FlushAsync(now, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    private async Task<Judged> AssessAsync(
        StateTransaction transaction,
        IReadOnlyList<Observation> observations,
        InstanceScope scope,
        InstanceStatus instance,
        DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        observations = await HeldKeys.LeaveOutAsync(transaction, observations, cancellationToken);
        var statuses = await KeyStatusTable.LoadAsync(
            transaction, [.. observations.Select(observation => observation.Key.Id)], cancellationToken);
        var shared = await SharedValues.LoadAsync(transaction, inventory, observations, statuses, cancellationToken);
        var blamed = await BlamedAsync(transaction, observations, scope, cancellationToken);
        var rotations = await RotationTable.TracesAsync(transaction, statuses.Keys, cancellationToken);
        var assessed = new List<Assessed?>(observations.Count);
        foreach (var observation in observations)
        {
            var status = statuses.GetValueOrDefault(observation.Key.Id);
            var context = new AssessmentContext
            {
                Instance = scope.Instance,
                Profile = scope.Provider.Profile,
                IsControlAccepted = instance.ControlAccepted && scope.Instance.Control,
                IsControlMissing = instance.ControlAt is null && NegativeControl.IsNeeded(scope.Instance, scope.Provider),
                IsKnownPlace = instance.FirstAcceptedAt is not null,
                InstanceRecoveredAt = instance.RecoveredAt,
                IsInstanceBlamed = blamed.Contains(FindingSubject.Provider(scope.Instance.Name)),
                IsStoreListed = environment.Stores[observation.Key.Primary.Store] is ISecretVersionListing,
                IsStoreBlamed = blamed.Contains(FindingSubject.Store(observation.Key.Primary.Store)),
                Sharers = shared.SharersOf(observation.Key),
                Rotation = rotations.GetValueOrDefault(observation.Key.Id),
                Random = environment.Random.NextDouble(),
            };
            assessed.Add(
                status is null && observation.Primary is PrimaryReading.NotRead
                    ? null
                    : KeyAssessment.Assess(status, observation, context, now));
        }

        var concerned = shared.Concerned.Where(key => key.Provider == scope.Instance.Name)
            .Select(key => new Observation { Key = key, At = now });
        return new(assessed, [.. concerned]);
    }

    // The instance and the stores of the batch that have an open finding of their own.
    private static async Task<HashSet<FindingSubject>> BlamedAsync(
        StateTransaction transaction, IReadOnlyList<Observation> observations, InstanceScope scope, CancellationToken cancellationToken)
    {
        var subjects = observations.Select(observation => FindingSubject.Store(observation.Key.Primary.Store))
            .Append(FindingSubject.Provider(scope.Instance.Name)).ToHashSet();
        var open = await FindingTable.OpenAboutAsync(transaction, subjects, cancellationToken);
        return [.. open.Where(finding => !DiscoveryClaims.IsOwn(finding.Key)).Select(finding => finding.Key.Subject)];
    }

    private async Task SaveAsync(
        StateTransaction transaction,
        IReadOnlyList<Assessed> assessed,
        InstanceScope scope,
        DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        foreach (var list in scope.Digests.TakeUnsaved())
        {
            await ModelListTable.SaveAsync(transaction, list.Key, list.Value, cancellationToken);
        }

        await KeyStatusTable.SaveAsync(
            transaction, [.. assessed.Where(each => each.IsChanged).Select(each => each.Status)], cancellationToken);
        await CheckHistoryTable.RecordAsync(
            transaction, [.. assessed.Where(each => each.Checked).Select(each => each.Status)], cancellationToken);
        foreach (var each in assessed)
        {
            await _versions.RecordAsync(transaction, each, now, cancellationToken);
        }
    }

    private static async Task<InstanceStatus> LearnAsync(
        StateTransaction transaction,
        InstanceStatus instance,
        IReadOnlyList<Observation> observations,
        IReadOnlyList<Assessed> assessed,
        DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        var accepted = instance.FirstAcceptedAt ?? assessed.FirstOrDefault(
            each => each.Status.Verdict is Verdict.Accepted)?.Status.CheckedAt;
        var learned = InstancePause.Remember(
            instance with { FirstAcceptedAt = accepted }, observations.Max(observation => observation.Probe?.RetryAt), now);
        if (learned != instance)
        {
            await InstanceTable.SaveAsync(transaction, learned, cancellationToken);
        }

        return learned;
    }

    private static async Task WriteFindingsAsync(
        LedgerSession session,
        IReadOnlyList<Assessed> assessed,
        InstanceScope scope,
        GuardDecision guard,
        DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        var subjects = assessed.Select(each => FindingSubject.Key(each.Status.KeyId.Value)).ToHashSet();
        var open = (await FindingTable.OpenAboutAsync(session.Transaction, subjects, cancellationToken))
            .Where(finding => KeyClaims.SpeaksFor(finding.Key))
            .ToLookup(finding => finding.Key.Subject.Name);
        foreach (var each in assessed)
        {
            var changes = FindingLedger.Compare([.. open[each.Status.KeyId.Value]], each.Claims);
            var isFirstPass = each.IsFirst || each.Status is { Version: 1, FirstSeenAt: { } seen } && seen >= scope.StartedAt;
            var terms = OutageRecorder.Terms(scope, guard, now) with { IsFirstPass = isFirstPass, Status = each.Status };
            await (each.Suspension is { } held
                ? session.WithdrawAsync(open[each.Status.KeyId.Value], held, terms, cancellationToken)
                : session.WriteAsync(changes, terms, cancellationToken));
        }
    }

    private static RecordedCheck Recorded(Observation observation, Assessed? assessed) =>
        new(observation.Key, assessed?.Status.Verdict ?? Verdict.Inconclusive, assessed?.ConfirmAt);

    /// <param name="All">One for each observation; null for a key that was never looked at and was not looked at now.</param>
    /// <param name="Concerned">Other keys of the instance that share a value from now on, or do no more: only the clock is to be looked
    /// at.</param>
    private sealed record Judged(IReadOnlyList<Assessed?> All, IReadOnlyList<Observation> Concerned);
}

using KeyRotator.Findings;
using KeyRotator.Keys;
using KeyRotator.Ledger;
using KeyRotator.State;

namespace KeyRotator.Validation;

/// <summary>Keeps what is known of an instance as a whole: outage, hold, trust in its answers.</summary>
internal sealed class OutageRecorder(Inventory inventory)
{
    /// <summary>The longest that a rejection's alert waits for the end of its pass.</summary>
    public static TimeSpan LongestWait { get; } = TimeSpan.FromMinutes(2);

    private static readonly HashSet<FindingReason> s_reasons = [FindingReason.ProviderOutage, FindingReason.ProbeUntrustworthy];

    /// <summary>How findings of the instance's keys are written under a decision of the guard.</summary>
    public static FindingTerms Terms(InstanceScope scope, GuardDecision guard, DateTimeOffset now) => new()
    {
        At = now,
        RejectedNotBefore = now + LongestWait,
        RejectedHeldUntil = guard is { IsHolding: true, HoldSince: { } since } ? since + OutageGuard.LongestHold : null,
        Instance = scope.Instance,
    };

    /// <summary>Asks the guard, with this batch in the window, where the batch or a hold gives cause to.</summary>
    public async Task<GuardDecision> JudgeAsync(LedgerSession session, InstanceScope scope, InstanceStatus instance, IReadOnlyList<Assessed> assessed, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var isConcerned = instance.HoldSince is not null || assessed.Any(each => each.Status.Verdict is Verdict.Rejected);
        if (!isConcerned)
        {
            return new(null, false);
        }

        var window = await WindowAsync(session, scope, now, cancellationToken);
        var decision = await DecideAsync(session, scope, instance, window, now, cancellationToken);
        if (window.Accepted > 0)
        {
            await ReleaseRepeatedAsync(session, scope, assessed, now, cancellationToken);
        }

        return decision;
    }

    /// <summary>Ends a pass: counts it if nothing answered, judges once more over the whole window, and lets go of what may be told.</summary>
    public async Task FinishAsync(LedgerSession session, InstanceScope scope, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var instance = await InstanceTable.LoadAsync(session.Transaction, scope.Instance.Name, cancellationToken);
        var pass = await KeyStatusTable.WindowAsync(session.Transaction, scope.Instance.Name, scope.StartedAt, cancellationToken);
        instance = OutageGuard.CountUnreachable(instance, pass, now);
        await InstanceTable.SaveAsync(session.Transaction, instance, cancellationToken);
        var window = await WindowAsync(session, scope, now, cancellationToken);
        var decision = await DecideAsync(session, scope, instance, window, now, cancellationToken);
        if (!decision.IsHolding)
        {
            var rejected = await RejectedAsync(session, scope, cancellationToken);
            await OutboxTable.ExpediteAsync(session.Transaction, [.. rejected.Where(finding => finding.HeldUntil is null && finding.OpenedAt >= scope.StartedAt).Select(finding => finding.Id)], now, cancellationToken);
        }
    }

    private async Task<GuardDecision> DecideAsync(LedgerSession session, InstanceScope scope, InstanceStatus instance, GuardWindow window, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var decision = OutageGuard.Decide(instance.HoldSince, window, now);
        var judged = instance with { HoldSince = decision.HoldSince };
        if (judged != instance)
        {
            await InstanceTable.SaveAsync(session.Transaction, judged, cancellationToken);
        }

        await WriteOwnAsync(session, scope, judged, decision, now, cancellationToken);
        if (instance.HoldSince is null && decision is { IsHolding: true, HoldSince: { } since })
        {
            await HoldAsync(session, scope, since, cancellationToken);
        }
        // A burst that is over releases nobody: a key that was not asked since was last judged by a provider out of its mind.
        else if (decision is { IsHolding: false, HoldSince: not null })
        {
            await ReleaseAsync(session, scope, await RejectedAsync(session, scope, cancellationToken), now, cancellationToken);
        }

        return decision;
    }

    // What was opened just before the burst was seen as one belongs to it, as long as nobody was told.
    private async Task HoldAsync(LedgerSession session, InstanceScope scope, DateTimeOffset since, CancellationToken cancellationToken)
    {
        foreach (var finding in await RejectedAsync(session, scope, cancellationToken))
        {
            if (finding.OpenedAt >= since - LongestWait)
            {
                await session.HoldAsync(finding, since + OutageGuard.LongestHold, cancellationToken);
            }
        }
    }

    // A key whose own confirmation repeats while another key of the instance is accepted is dead whatever the others are.
    private static async Task ReleaseRepeatedAsync(LedgerSession session, InstanceScope scope, IReadOnlyList<Assessed> assessed, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var subjects = assessed.Where(each => each.Checked && each.Status is { Verdict: Verdict.Rejected, Rejections: > Confirmation.Needed })
            .Select(each => FindingSubject.Key(each.Status.KeyId.Value)).ToHashSet();
        var open = await FindingTable.OpenAboutAsync(session.Transaction, subjects, cancellationToken);
        await ReleaseAsync(session, scope, [.. open.Where(finding => finding.Key.Reason is FindingReason.KeyRejected)], now, cancellationToken);
    }

    private static async Task ReleaseAsync(LedgerSession session, InstanceScope scope, IReadOnlyList<Finding> rejected, DateTimeOffset now, CancellationToken cancellationToken)
    {
        foreach (var finding in rejected)
        {
            if (finding.HeldUntil is not null)
            {
                await session.ReleaseAsync(finding, new FindingTerms { At = now, Instance = scope.Instance }, cancellationToken);
            }
        }
    }

    private static async Task<GuardWindow> WindowAsync(LedgerSession session, InstanceScope scope, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var widest = await KeyStatusTable.WindowAsync(session.Transaction, scope.Instance.Name, now - OutageGuard.WindowSpan, cancellationToken);
        var start = OutageGuard.WindowStart(scope.StartedAt, widest.FirstRejectionAt, now);
        return await KeyStatusTable.WindowAsync(session.Transaction, scope.Instance.Name, start, cancellationToken);
    }

    private static async Task WriteOwnAsync(LedgerSession session, InstanceScope scope, InstanceStatus instance, GuardDecision decision, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var subject = FindingSubject.Provider(scope.Instance.Name);
        var open = await FindingTable.OpenAboutAsync(session.Transaction, [subject], cancellationToken);
        var claims = InstanceClaims.Of(scope.Instance, instance, decision, now);
        var changes = FindingLedger.Compare([.. open.Where(finding => s_reasons.Contains(finding.Key.Reason))], claims);
        await session.WriteAsync(changes, new FindingTerms { At = now, Instance = scope.Instance }, cancellationToken);
    }

    private async Task<IReadOnlyList<Finding>> RejectedAsync(LedgerSession session, InstanceScope scope, CancellationToken cancellationToken)
    {
        var open = await FindingTable.OpenForAsync(session.Transaction, FindingReason.KeyRejected, cancellationToken);
        return [.. open.Where(finding => KeyId.TryParse(finding.Key.Subject.Name, out var id) && inventory.Find(id)?.Provider == scope.Instance.Name)];
    }
}

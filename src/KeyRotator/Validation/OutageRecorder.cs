using KeyRotator.Findings;
using KeyRotator.Keys;
using KeyRotator.Ledger;
using KeyRotator.State;

namespace KeyRotator.Validation;

/// <summary>Keeps what is known of an instance as a whole: outage, hold, trust in its answers.</summary>
internal sealed class OutageRecorder(Inventory inventory, FindingWriter findings)
{
    /// <summary>The longest that a rejection's alert waits for the end of its pass.</summary>
    public static TimeSpan LongestWait { get; } = TimeSpan.FromMinutes(2);

    private static readonly IReadOnlySet<FindingReason> s_reasons = new HashSet<FindingReason> { FindingReason.ProviderOutage, FindingReason.ProbeUntrustworthy };

    /// <summary>How findings of the instance's keys are written under a decision of the guard.</summary>
    public static FindingTerms Terms(InstanceScope scope, GuardDecision guard, DateTimeOffset now) => new()
    {
        At = now,
        RejectedNotBefore = now + LongestWait,
        RejectedHeldUntil = guard is { IsHolding: true, HoldSince: { } since } ? since + OutageGuard.LongestHold : null,
        Instance = scope.Instance,
    };

    /// <summary>Asks the guard, with this batch in the window, where the batch or a hold gives cause to.</summary>
    public async Task<GuardDecision> JudgeAsync(StateTransaction transaction, InstanceScope scope, InstanceStatus instance, IReadOnlyList<Assessed> assessed, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var isConcerned = instance.HoldSince is not null || assessed.Any(each => each.Status.Verdict is Verdict.Rejected);
        if (!isConcerned)
        {
            return new(null, false);
        }

        var window = await WindowAsync(transaction, scope, now, cancellationToken);
        var decision = await DecideAsync(transaction, scope, instance, window, now, cancellationToken);
        if (decision.IsHolding && window.Accepted > 0)
        {
            await ReleaseRepeatedAsync(transaction, scope, assessed, now, cancellationToken);
        }

        return decision;
    }

    /// <summary>Ends a pass: counts it if nothing answered, judges once more over the whole window, and lets go of what may be told.</summary>
    public async Task FinishAsync(StateTransaction transaction, InstanceScope scope, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var instance = await InstanceTable.LoadAsync(transaction, scope.Instance.Name, cancellationToken);
        var pass = await KeyStatusTable.WindowAsync(transaction, scope.Instance.Name, scope.StartedAt, cancellationToken);
        instance = instance with { UnreachablePasses = OutageGuard.CountUnreachable(instance.UnreachablePasses, pass) };
        await InstanceTable.SaveAsync(transaction, instance, cancellationToken);
        var window = await WindowAsync(transaction, scope, now, cancellationToken);
        var decision = await DecideAsync(transaction, scope, instance, window, now, cancellationToken);
        if (!decision.IsHolding)
        {
            var rejected = await RejectedAsync(transaction, scope, cancellationToken);
            await OutboxTable.HoldAsync(transaction, [.. rejected.Where(finding => finding.OpenedAt >= scope.StartedAt).Select(finding => finding.Id)], now, cancellationToken);
        }
    }

    private async Task<GuardDecision> DecideAsync(StateTransaction transaction, InstanceScope scope, InstanceStatus instance, GuardWindow window, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var decision = OutageGuard.Decide(instance.HoldSince, window, now);
        var judged = instance with { HoldSince = decision.HoldSince };
        if (judged != instance)
        {
            await InstanceTable.SaveAsync(transaction, judged, cancellationToken);
        }

        await WriteOwnAsync(transaction, scope, judged, decision, now, cancellationToken);
        if (instance.HoldSince is null && decision is { IsHolding: true, HoldSince: { } since })
        {
            await HoldAsync(transaction, scope, since, cancellationToken);
        }
        else if (instance.HoldSince is not null && !decision.IsHolding)
        {
            await ReleaseAsync(transaction, scope, await RejectedAsync(transaction, scope, cancellationToken), now, cancellationToken);
        }

        return decision;
    }

    // What was opened just before the burst was seen as one belongs to it, as long as nobody was told.
    private async Task HoldAsync(StateTransaction transaction, InstanceScope scope, DateTimeOffset since, CancellationToken cancellationToken)
    {
        foreach (var finding in await RejectedAsync(transaction, scope, cancellationToken))
        {
            if (finding.OpenedAt >= since - LongestWait)
            {
                await findings.HoldAsync(transaction, finding, since + OutageGuard.LongestHold, cancellationToken);
            }
        }
    }

    // A key whose own confirmation repeats while another key of the instance is accepted is dead whatever the others are.
    private async Task ReleaseRepeatedAsync(StateTransaction transaction, InstanceScope scope, IReadOnlyList<Assessed> assessed, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var subjects = assessed.Where(each => each.Checked && each.Status is { Verdict: Verdict.Rejected, Rejections: > Confirmation.Needed })
            .Select(each => FindingSubject.Key(each.Status.KeyId.Value)).ToHashSet();
        var open = await FindingTable.OpenAboutAsync(transaction, subjects, cancellationToken);
        await ReleaseAsync(transaction, scope, [.. open.Where(finding => finding.Key.Reason is FindingReason.KeyRejected)], now, cancellationToken);
    }

    private async Task ReleaseAsync(StateTransaction transaction, InstanceScope scope, IReadOnlyList<Finding> rejected, DateTimeOffset now, CancellationToken cancellationToken)
    {
        foreach (var finding in rejected)
        {
            if (finding.HeldUntil is not null)
            {
                await findings.ReleaseAsync(transaction, finding, new FindingTerms { At = now, Instance = scope.Instance }, cancellationToken);
            }
        }
    }

    private static async Task<GuardWindow> WindowAsync(StateTransaction transaction, InstanceScope scope, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var widest = await KeyStatusTable.WindowAsync(transaction, scope.Instance.Name, now - OutageGuard.WindowSpan, cancellationToken);
        var start = OutageGuard.WindowStart(scope.StartedAt, widest.FirstRejectionAt, now);
        return await KeyStatusTable.WindowAsync(transaction, scope.Instance.Name, start, cancellationToken);
    }

    private async Task WriteOwnAsync(StateTransaction transaction, InstanceScope scope, InstanceStatus instance, GuardDecision decision, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var subject = FindingSubject.Provider(scope.Instance.Name);
        var open = await FindingTable.OpenAboutAsync(transaction, [subject], cancellationToken);
        var claims = InstanceClaims.Of(scope.Instance, instance, decision);
        var changes = FindingLedger.Compare([.. open.Where(finding => s_reasons.Contains(finding.Key.Reason))], claims);
        await findings.WriteAsync(transaction, changes, new FindingTerms { At = now, Instance = scope.Instance }, cancellationToken);
    }

    private async Task<IReadOnlyList<Finding>> RejectedAsync(StateTransaction transaction, InstanceScope scope, CancellationToken cancellationToken)
    {
        var open = await FindingTable.OpenForAsync(transaction, FindingReason.KeyRejected, cancellationToken);
        return [.. open.Where(finding => KeyId.TryParse(finding.Key.Subject.Name, out var id) && inventory.Find(id)?.Provider == scope.Instance.Name)];
    }
}

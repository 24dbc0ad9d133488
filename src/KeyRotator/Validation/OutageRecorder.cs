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
    public async Task<GuardDecision> JudgeAsync(
        LedgerSession session,
        InstanceScope scope,
        InstanceStatus instance,
        IReadOnlyList<Assessed> assessed,
        DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        var isConcerned = instance.HoldSince is not null
            || assessed.Any(
                each => each.Status is { Verdict: Verdict.Rejected, RejectedSince: { } since } && since > now - OutageGuard.LongestHold);
        if (!isConcerned)
        {
            return GuardDecision.None;
        }

        var pass = await PassAsync(session.Transaction, scope, cancellationToken);
        var window = await WindowAsync(session, scope, pass, now, cancellationToken);
        var decision = OutageGuard.Continue(instance.HoldSince, OutageGuard.Decide(instance.HoldSince, window, now), now);
        await ApplyAsync(session, scope, instance, decision, now, cancellationToken);
        var (since, at) = (now - OutageGuard.LongestHold, now + OutageGuard.AskAgainAfter);
        await KeyStatusTable.HastenRejectedAsync(session.Transaction, scope.Instance.Name, since, at, cancellationToken);
        return decision;
    }

    /// <summary>Whether the pass found keys dead, and no other key that vouches for the provider.</summary>
    public async Task<bool> IsInDoubtAsync(StateTransaction transaction, InstanceScope scope, CancellationToken cancellationToken)
    {
        var pass = await PassAsync(transaction, scope, cancellationToken);
        return pass is { Accepted: 0 } && (pass.Rejected > 0 || pass.Known > 0)
            && ((await FoundDeadAsync(transaction, scope, cancellationToken)).Any()
                || (await RepeatedAsync(transaction, scope, cancellationToken)).Count > 0);
    }

    /// <summary>Ends a pass: counts it if nothing answered, judges once more over the whole window, and lets go of what may be
    /// told.</summary>
    public async Task FinishAsync(
        LedgerSession session, InstanceScope scope, int keys, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var instance = await InstanceTable.LoadAsync(session.Transaction, scope.Instance.Name, cancellationToken);
        var since = instance.UnreachableSince < scope.StartedAt ? instance.UnreachableSince.Value : scope.StartedAt;
        var pass = await KeyStatusWindow.ReadAsync(session.Transaction, scope.Instance.Name, since, cancellationToken);
        var all = inventory.Keys.Count(key => key.Provider == scope.Instance.Name && key.IsLookedAfter);
        instance = OutageGuard.CountUnreachable(instance, pass, all, now);
        await InstanceTable.SaveAsync(session.Transaction, instance, cancellationToken);

        pass = await PassAsync(session.Transaction, scope, cancellationToken);
        var window = await WindowAsync(session, scope, pass, now, cancellationToken);
        var decision = OutageGuard.Decide(instance.HoldSince, window, now);
        await ApplyAsync(session, scope, instance, decision, now, cancellationToken);
        if (pass.Accepted > 0)
        {
            await ReleaseRepeatedAsync(session, scope, now, cancellationToken);
        }

        // A service passes over a few due keys at a time: where nobody vouches for the provider, the others' turn is waited for, two
        // minutes at most.
        if (!decision.IsHolding && (window.Accepted > 0 || scope.IgnoreCadence || keys >= all))
        {
            var found = await FoundDeadAsync(session.Transaction, scope, cancellationToken);
            await OutboxTable.ExpediteAsync(session.Transaction, [.. found.Select(finding => finding.Id)], now, cancellationToken);
        }
    }

    // A key whose own confirmation repeats while another key is accepted is dead whatever the others are. Both in one pass: a minute apart,
    // an outage may lie between.
    private async Task ReleaseRepeatedAsync(
        LedgerSession session, InstanceScope scope, DateTimeOffset now, CancellationToken cancellationToken)
    {
        foreach (var (finding, status) in await RepeatedAsync(session.Transaction, scope, cancellationToken))
        {
            await session.ReleaseAsync(
                finding, new FindingTerms { At = now, Instance = scope.Instance, Status = status }, cancellationToken);
        }
    }

    // A hold that ends by time lets go with its findings' own HeldUntil, after every key of the pass was asked once more. A burst that is
    // over lets nobody go: a key that was not asked since was last judged by a provider out of its mind.
    private async Task ApplyAsync(
        LedgerSession session,
        InstanceScope scope,
        InstanceStatus instance,
        GuardDecision decision,
        DateTimeOffset now,
        CancellationToken cancellationToken)
    {
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
    }

    // What was opened just before the burst was seen as one belongs to it.
    private async Task HoldAsync(LedgerSession session, InstanceScope scope, DateTimeOffset since, CancellationToken cancellationToken)
    {
        foreach (var finding in await RejectedAsync(session.Transaction, scope, cancellationToken))
        {
            if (finding.OpenedAt >= since - LongestWait)
            {
                await session.HoldAsync(finding, since + OutageGuard.LongestHold, cancellationToken);
            }
        }
    }

    private static Task<GuardWindow> PassAsync(StateTransaction transaction, InstanceScope scope, CancellationToken cancellationToken) =>
        KeyStatusWindow.ReadAsync(transaction, scope.Instance.Name, scope.StartedAt, cancellationToken);

    // A pass may see the whole burst at once, or a few of its keys at a time: then it is seen from its first rejection on.
    private static async Task<GuardWindow> WindowAsync(
        LedgerSession session, InstanceScope scope, GuardWindow pass, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (OutageGuard.IsBurst(pass))
        {
            return pass;
        }

        var widest = await KeyStatusWindow.ReadAsync(
            session.Transaction, scope.Instance.Name, now - OutageGuard.WindowSpan, cancellationToken);
        var start = OutageGuard.WindowStart(scope.StartedAt, widest.FirstRejectionAt, now);
        return await KeyStatusWindow.ReadAsync(session.Transaction, scope.Instance.Name, start, cancellationToken);
    }

    private static async Task WriteOwnAsync(
        LedgerSession session,
        InstanceScope scope,
        InstanceStatus instance,
        GuardDecision decision,
        DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        var subject = FindingSubject.Provider(scope.Instance.Name);
        var open = await FindingTable.OpenAboutAsync(session.Transaction, [subject], cancellationToken);
        var claims = InstanceClaims.Of(scope.Instance, instance, decision, now);
        var changes = FindingLedger.Compare([.. open.Where(finding => s_reasons.Contains(finding.Key.Reason))], claims);
        await session.WriteAsync(changes, new FindingTerms { At = now, Instance = scope.Instance }, cancellationToken);
    }

    private async Task<IEnumerable<Finding>> FoundDeadAsync(
        StateTransaction transaction, InstanceScope scope, CancellationToken cancellationToken) =>
        (await RejectedAsync(transaction, scope, cancellationToken))
            .Where(finding => finding.HeldUntil is null && finding.OpenedAt >= scope.StartedAt);

    private async Task<IReadOnlyDictionary<Finding, KeyStatus>> RepeatedAsync(
        StateTransaction transaction, InstanceScope scope, CancellationToken cancellationToken)
    {
        var held = (await RejectedAsync(transaction, scope, cancellationToken)).Where(finding => finding.HeldUntil is not null)
            .ToDictionary(finding => KeyId.Parse(finding.Key.Subject.Name));
        var statuses = await KeyStatusTable.LoadAsync(transaction, held.Keys, cancellationToken);
        return statuses.Values.Where(
            status => status is { Verdict: Verdict.Rejected, Rejections: > Confirmation.Needed } && status.ProbedAt >= scope.StartedAt)
            .ToDictionary(status => held[status.KeyId]);
    }

    private async Task<IReadOnlyList<Finding>> RejectedAsync(
        StateTransaction transaction, InstanceScope scope, CancellationToken cancellationToken)
    {
        var open = await FindingTable.OpenForAsync(transaction, FindingReason.KeyRejected, cancellationToken);
        return [.. open.Where(IsOurs)];

        bool IsOurs(Finding finding) =>
            KeyId.TryParse(finding.Key.Subject.Name, out var id) && inventory.Find(id)?.Provider == scope.Instance.Name;
    }
}

using KeyRotator.Keys;
using KeyRotator.Providers;

namespace KeyRotator.Validation;

/// <summary>Carries a key's verdict from answer to answer. Pure.</summary>
internal static class VerdictTracking
{
    /// <summary>The status after an answer. An Accepted and a confirmed Rejected are proofs; everything else leaves the last proof
    /// standing.</summary>
    public static KeyStatus Answer(KeyStatus before, ProbeResult result, AssessmentContext context, KeyPolicy policy)
    {
        var verdict = Believed(result.Verdict, context);
        var confirmation = Confirmation.Next(before, verdict, policy.ConfirmAfter, result.At);
        var isProof = verdict.Verdict is Verdict.Accepted || confirmation.IsProven;
        var status = Said(before, verdict, result) with
        {
            ProbedAt = result.At,
            RejectedSince = confirmation.Since,
            Rejections = confirmation.Rejections,
            LastRejectionAt = confirmation.LastAt,
            InconclusiveSince = isProof ? null : before.InconclusiveSince ?? result.At,
            WrongEndpointSince = isProof ? null : WrongEndpoint(before, verdict, result.At),
        };
        return isProof ? Prove(status, verdict, result.At) : status;
    }

    /// <summary>The status after the store could not be read.</summary>
    public static KeyStatus Unreadable(KeyStatus before, DateTimeOffset at)
    {
        var confirmation = Confirmation.Unanswered(before);
        return Said(before, ProbeVerdict.Inconclusive(VerdictReason.StoreUnavailable), at, null) with
        {
            InconclusiveSince = before.InconclusiveSince ?? at,
            RejectedSince = confirmation.Since,
            Rejections = confirmation.Rejections,
            LastRejectionAt = confirmation.LastAt,
        };
    }

    /// <summary>The status after the provider could not be asked: what it said last stands, but from now on it proves the key less and
    /// less.</summary>
    public static KeyStatus PutOff(KeyStatus before, DateTimeOffset at) =>
        before with { InconclusiveSince = before.InconclusiveSince ?? at };

    /// <summary>The status after the store answered: what it failed to do before is no reason any more, also where no probe
    /// follows.</summary>
    public static KeyStatus Readable(KeyStatus before, DateTimeOffset at) =>
        before.Reason is VerdictReason.StoreUnavailable ? before with { Reason = VerdictReason.NotProbed, VerdictSince = at } : before;

    /// <summary>The status without anything that a provider said.</summary>
    public static KeyStatus Forget(KeyStatus before, DateTimeOffset now) => before with
    {
        Verdict = Verdict.Inconclusive,
        Reason = VerdictReason.NotProbed,
        Code = null,
        Hint = null,
        HttpStatus = null,
        VerdictSince = now,
        ProbedAt = null,
        ProvenVerdict = Verdict.Inconclusive,
        ProvenReason = VerdictReason.NotProbed,
        ProvenHint = null,
        ProvenAt = null,
        AcceptedAt = null,
        InconclusiveSince = now,
        WrongEndpointSince = null,
        RejectedSince = null,
        Rejections = 0,
        LastRejectionAt = null,
        Account = null,
        Models = ModelFacts.None,
    };

    /// <summary>When the next answer may count towards a confirmation (UTC), or null where nothing waits.</summary>
    /// <remarks>An answer that another process's overtook waits for what is on record.</remarks>
    public static DateTimeOffset? ConfirmAt(KeyStatus status, ProbeResult result, KeyPolicy policy)
    {
        var at = status.LastRejectionAt > result.At ? status.LastRejectionAt.Value : result.At;
        return status.Verdict is Verdict.Rejected ? Confirmation.Next(status, result.Verdict, policy.ConfirmAfter, at).NextAt : null;
    }

    // What the provider says is believed only where a wrong key would have been refused, and where the place is known to be right.
    private static ProbeVerdict Believed(ProbeVerdict verdict, AssessmentContext context)
    {
        if (verdict.Verdict is Verdict.Accepted && (context.IsControlAccepted || context.IsControlMissing))
        {
            var why = context.IsControlAccepted
                ? "This instance also accepts a made-up key, so its answer proves nothing."
                : "No made-up key was refused here yet, so the answer proves nothing.";
            return ProbeVerdict.Inconclusive(VerdictReason.Untrustworthy, verdict.Code, why);
        }

        return verdict is { Verdict: Verdict.Rejected, NeedsKnownPlace: true } && !context.IsKnownPlace
            ? ProbeVerdict.Inconclusive(VerdictReason.WrongEndpoint, verdict.Code, verdict.Hint)
            : verdict;
    }

    private static KeyStatus Said(KeyStatus before, ProbeVerdict verdict, ProbeResult result) =>
        Said(before, verdict, result.At, result.HttpStatus);

    private static KeyStatus Said(KeyStatus before, ProbeVerdict verdict, DateTimeOffset at, int? httpStatus)
    {
        var isSame = before.Verdict == verdict.Verdict && before.Reason == verdict.Reason;
        return before with
        {
            Verdict = verdict.Verdict,
            Reason = verdict.Reason,
            Code = verdict.Code,
            Hint = verdict.Hint,
            HttpStatus = httpStatus,
            VerdictSince = isSame ? before.VerdictSince ?? at : at,
            Account = verdict.Account ?? before.Account,
        };
    }

    private static DateTimeOffset? WrongEndpoint(KeyStatus before, ProbeVerdict verdict, DateTimeOffset at) =>
        verdict is { Verdict: Verdict.Inconclusive, Reason: VerdictReason.WrongEndpoint or VerdictReason.Retired }
            ? before.WrongEndpointSince ?? at
            : before.WrongEndpointSince;

    private static KeyStatus Prove(KeyStatus status, ProbeVerdict verdict, DateTimeOffset at) => status with
    {
        ProvenVerdict = verdict.Verdict,
        ProvenReason = verdict.Reason,
        ProvenHint = verdict.Hint,
        ProvenAt = at,
        AcceptedAt = verdict.Verdict is Verdict.Accepted ? at : status.AcceptedAt,
    };
}

using FsCheck;
using FsCheck.Fluent;
using KeyRotator.Keys;
using KeyRotator.Providers;
using KeyRotator.Secrets;
using KeyRotator.Tests.Support;
using KeyRotator.Validation;

namespace KeyRotator.Tests.Validation;

/// <summary>One thing that happens to a key, with the time that passed before it.</summary>
internal sealed record AssessmentStep(
    TimeSpan Gap, TimeSpan Lag, PrimaryReading Reading, string Value, SecretDefect Defect, ProbeVerdict? Answer, DateOnly? Expires, bool Suspended, bool ControlAccepted, bool KnownPlace, bool PutOff);

/// <summary>A step as it was assessed.</summary>
internal sealed record AssessmentTurn(
    KeyStatus? Before, Observation Observation, AssessmentContext Context, DateTimeOffset Now, Assessed After)
{
    /// <summary>The answer as far as it may be believed: a documented rejection, or an acceptance where a made-up key is refused.</summary>
    public Verdict Believed => Observation.Probe?.Verdict switch
    {
        { Verdict: Verdict.Accepted } => Context.IsControlAccepted ? Verdict.Inconclusive : Verdict.Accepted,
        { Verdict: Verdict.Rejected, NeedsKnownPlace: true } => Context.IsKnownPlace ? Verdict.Rejected : Verdict.Inconclusive,
        { Verdict: var verdict } => verdict,
        null => Verdict.Inconclusive,
    };
}

/// <summary>Random lives of one key: any answers, values, faults and edits, with clocks that stand, run and jump back.</summary>
internal static class AssessmentSequences
{
    private static readonly Gen<ProbeVerdict> s_answer = Gen.OneOf(
        Gen.Constant(ProbeVerdict.Ok()),
        Gen.Constant(Rejected(VerdictReason.Invalid)),
        Gen.Elements(ProbeVerdict.Accepted(VerdictReason.Restricted, null), ProbeVerdict.Accepted(VerdictReason.NoFunds, "quota"), ProbeVerdict.Accepted(VerdictReason.Throttled, null)),
        Gen.Elements(Rejected(VerdictReason.Expired), Rejected(VerdictReason.Leaked), Rejected(VerdictReason.AccountBlocked), Rejected(VerdictReason.Invalid).AsTransient(), Rejected(VerdictReason.Invalid).OfKnownPlace()),
        Gen.Elements(VerdictReason.Network, VerdictReason.ProviderError, VerdictReason.Throttled, VerdictReason.UnexpectedBody, VerdictReason.WrongEndpoint, VerdictReason.Retired)
            .Select(reason => ProbeVerdict.Inconclusive(reason)));

    private static readonly Gen<TimeSpan> s_gap = Gen.Frequency(
        (6, Gen.Elements(Ticks(0), Ticks(1), Seconds(4), Seconds(5), Seconds(90), Seconds(300), Seconds(900), Seconds(3_600))),
        (2, Gen.Choose(0, 50 * 86_400).Select(seconds => Seconds(seconds))),
        (1, Gen.Elements(Ticks(-1), Seconds(-30), Seconds(-120), Seconds(-3 * 3_600))));

    private static readonly Gen<AssessmentStep> s_step =
        from gap in s_gap
        from lag in Gen.Frequency((5, Gen.Constant(0)), (1, Gen.Choose(1, 40)))
        from reading in Gen.Frequency((7, Gen.Constant(PrimaryReading.Present)), (1, Gen.Elements(PrimaryReading.NotRead, PrimaryReading.Unreadable, PrimaryReading.Absent)))
        from value in Gen.Frequency((6, Gen.Constant("one")), (1, Gen.Elements("two", "three")))
        from defect in Gen.Frequency((12, Gen.Constant(SecretDefect.None)), (1, Gen.Elements(SecretDefect.Masked, SecretDefect.Newline)))
        from answer in Gen.Frequency((9, s_answer.Select(answer => (ProbeVerdict?)answer)), (1, Gen.Constant((ProbeVerdict?)null)))
        from expires in Gen.Choose(-30, 90)
        from odds in Gen.Choose(0, 99)
        select new AssessmentStep(gap, Seconds(lag), reading, value, defect, answer, expires < 0 ? null : new DateOnly(2026, 12, 1).AddDays(expires), odds < 4, odds is >= 4 and < 8, odds < 80, odds % 2 == 0);

    /// <summary>Any life; shrunk by leaving steps out.</summary>
    public static Arbitrary<AssessmentStep[]> Any { get; } =
        Arb.From(s_step.ArrayOf(), steps => steps.Select((_, left) => steps.Where((_, index) => index != left).ToArray()));

    /// <summary>Assesses a life from its first step to its last.</summary>
    public static IReadOnlyList<AssessmentTurn> Play(AssessmentStep[] steps)
    {
        var turns = new List<AssessmentTurn>(steps.Length);
        var now = Seen.Start;
        KeyStatus? status = null;
        foreach (var step in steps)
        {
            now += step.Gap;
            var (observation, context) = (Observe(step, now - step.Lag), Context(step));
            var after = KeyAssessment.Assess(status, observation, context, now);
            turns.Add(new(status, observation, context, now, after));
            status = after.Status;
        }

        return turns;
    }

    private static Observation Observe(AssessmentStep step, DateTimeOffset at)
    {
        var key = A.Key() with { Suspended = step.Suspended, Expires = step.Expires is { } day ? new ExpiryStatement(day, null) : null };
        if (step.Reading is not PrimaryReading.Present)
        {
            return new Observation { Key = key, At = at, Primary = step.Reading };
        }

        var value = Seen.Value(key, at, step.Value) with { Defect = step.Defect };
        return step switch
        {
            { Defect: not SecretDefect.None } => value,
            { Answer: { } answer } => value with { Probe = new ProbeResult(answer, 200, at, null, null) },
            { PutOff: true } => value with { PutOffUntil = at.AddHours(1) },
            _ => value,
        };
    }

    private static AssessmentContext Context(AssessmentStep step) =>
        Seen.Context() with { IsControlAccepted = step.ControlAccepted, IsKnownPlace = step.KnownPlace };

    private static ProbeVerdict Rejected(VerdictReason reason) => ProbeVerdict.Rejected(reason, "code");

    private static TimeSpan Seconds(int seconds) => TimeSpan.FromSeconds(seconds);

    private static TimeSpan Ticks(long ticks) => TimeSpan.FromTicks(ticks);
}

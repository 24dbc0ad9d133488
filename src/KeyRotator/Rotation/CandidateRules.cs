using KeyRotator.Keys;
using KeyRotator.Providers;
using KeyRotator.Secrets;
using KeyRotator.Validation;

namespace KeyRotator.Rotation;

/// <summary>What a candidate must be before anything is written. Pure.</summary>
internal static class CandidateRules
{
    /// <summary>The tests that need no provider.</summary>
    public static IReadOnlyList<ProofTest> BeforeAsking(
        ManagedKey key, ProviderInstance instance, SecretValue candidate, CandidateKnowledge known)
    {
        var tests = new List<ProofTest> { Shape(instance, candidate) };
        if (known.Holders.FirstOrDefault(holder => holder != key.Id) is { Value: not null } other)
        {
            tests.Add(Failed("value", $"It is the value of key {other}: every key gets a value of its own."));
        }
        else if (known.Retired is { } retired)
        {
            tests.Add(Failed("value", $"Key {retired.KeyId} had this value before (version {retired.Sequence}): make a new one."));
        }
        else if (known.IsOwn)
        {
            tests.Add(Passed("value", "It is this key's own value."));
        }
        else
        {
            tests.Add(Passed("value", "It is nobody else's, and was never used before."));
        }

        return tests;
    }

    /// <summary>The tests of the provider's answer.</summary>
    public static IReadOnlyList<ProofTest> OfAnswer(
        ManagedKey key, ProviderInstance instance, ProbeVerdict answer, CandidateKnowledge known) =>
        Answer(instance, answer, known) is { Outcome: ProofOutcome.Failed } failed
            ? [failed]
            : [Answer(instance, answer, known), .. Models(key, answer, known), .. Account(answer, known)];

    /// <summary>Whether the answer may be another one soon: a key that was just made is not known everywhere at once.</summary>
    public static bool IsWorthAsking(ProbeVerdict answer) => answer switch
    {
        { Verdict: Verdict.Accepted } => false,
        { Verdict: Verdict.Rejected, Reason: VerdictReason.Invalid } => true,
        { Verdict: Verdict.Rejected } => false,
        _ => answer.Reason is VerdictReason.Network or VerdictReason.Timeout or VerdictReason.ProviderError or VerdictReason.Throttled
            or VerdictReason.EdgeBlocked,
    };

    private static ProofTest Shape(ProviderInstance instance, SecretValue candidate) =>
        SecretDefects.Describe(SecretInspection.Inspect(candidate)) is { } defect ? Failed("shape", $"What was handed in {defect}.")
            : FormatMixUp.TitleOf(instance, candidate) is { } other
                ? Failed("shape", $"It has the format of a key of {other}: it was not sent anywhere.")
                : Passed("shape", "It is one line of characters that a header can carry.");

    private static ProofTest Answer(ProviderInstance instance, ProbeVerdict answer, CandidateKnowledge known) => answer switch
    {
        _ when known.IsControlAccepted => Failed("answer", $"{instance.Name} accepts made-up keys, so its answers prove nothing."),
        { Verdict: Verdict.Accepted, Reason: VerdictReason.Ok } => Passed("answer", "The provider accepted it twice."),
        { Verdict: Verdict.Accepted } =>
            Warning("answer", $"The provider accepted it, with a reservation: {answer.Reason}. {answer.Hint}".TrimEnd()),
        { Verdict: Verdict.Rejected, NeedsKnownPlace: true } when !known.IsPlaceKnown => Failed(
            "answer", "The provider's answer means a wrong key or a wrong place, and no key was ever accepted at this place."),
        { Verdict: Verdict.Rejected } => Failed("answer", $"The provider refused it: {answer.Reason}. {answer.Hint}".TrimEnd()),
        _ => Failed("answer", $"The provider could not be asked: {answer.Reason}. {answer.Hint} Nothing was changed; try again later."),
    };

    private static IEnumerable<ProofTest> Models(ManagedKey key, ProbeVerdict answer, CandidateKnowledge known)
    {
        if (answer.Models is not { } list)
        {
            yield return Warning("models", "The answer had no list of models: NotCompared.");
            yield break;
        }

        var missing = ModelComparison.Compare(key.Models, list, null).Missing;
        yield return missing.Count > 0
            ? Failed("models", $"It does not see {string.Join(", ", missing)}, which this key's consumers use. "
                + "Was it made in the right workspace?")
            : known.OldModels is not { } old ? Warning("models", "No list of the old key's is on record: NotCompared.")
            : Compared(old, list);
    }

    private static ProofTest Compared(IReadOnlyList<string> old, ModelList list)
    {
        var seen = list.Models.Select(model => model.Id).ToHashSet(StringComparer.Ordinal);
        var fewer = list.IsWhole ? old.Count(id => !seen.Contains(id)) : 0;
        return fewer == 0 ? Passed("models", $"It sees every model that the old key saw ({old.Count}).")
            : Warning(
                "models", $"It does not see {fewer} of the {old.Count} models that the old key saw. Was it made in the right workspace?");
    }

    private static IEnumerable<ProofTest> Account(ProbeVerdict answer, CandidateKnowledge known)
    {
        if (answer.Account is { } account && known.Status?.Account is { } before)
        {
            yield return account == before ? Passed("account", "It belongs to the old key's account.")
                : Warning("account", $"It belongs to account {account}, the old key to {before}.");
        }
    }

    private static ProofTest Passed(string name, string message) => new(name, ProofOutcome.Passed, message);

    private static ProofTest Warning(string name, string message) => new(name, ProofOutcome.Warning, message);

    private static ProofTest Failed(string name, string message) => new(name, ProofOutcome.Failed, message);
}

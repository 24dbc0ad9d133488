using System.Globalization;
using KeyRotator.Findings;
using KeyRotator.Keys;

namespace KeyRotator.Validation;

/// <summary>From a key's proofs and doubts to claims. Pure.</summary>
internal static class VerdictClaims
{
    /// <summary>Cadences that may pass without a proof before it is a finding.</summary>
    private const int UnverifiedCadences = 4;

    /// <summary>Adds what follows from the last proof and from what came since.</summary>
    public static void Add(ClaimList claims, KeyStatus status, ManagedKey key, AssessmentContext context, DateTimeOffset now)
    {
        if (status.ProvenVerdict is Verdict.Rejected)
        {
            AddRejected(claims, status, key, context);
        }
        else if (status.ProvenVerdict is Verdict.Accepted)
        {
            AddReservation(claims, status, context);
        }

        if (status.WrongEndpointSince is not null)
        {
            claims.Add(FindingReason.WrongEndpoint, Sentence($"{Title(context)} does not answer for this key at this place.", status.Hint));
        }

        if (IsUnverified(status, key, context, now))
        {
            var what = status.Verdict is Verdict.Accepted ? "Could not be asked about" : "Proven neither good nor bad";
            var sentence = string.Create(
                CultureInfo.InvariantCulture,
                $"{what} since {status.InconclusiveSince:yyyy-MM-dd HH:mm} UTC; last answer: {status.Reason}.");
            claims.Add(FindingReason.KeyUnverified, Sentence(sentence, status.Hint));
        }
    }

    private static void AddRejected(ClaimList claims, KeyStatus status, ManagedKey key, AssessmentContext context)
    {
        if (status.ProvenReason is VerdictReason.AccountBlocked)
        {
            var sentence = $"{Title(context)} says that the account behind the key is blocked. "
                + "A new key will not help: ask the account's owner.";
            claims.Add(FindingReason.AccountBlocked, Sentence(sentence, status.ProvenHint));
            return;
        }

        var why = status.ProvenReason switch
        {
            VerdictReason.Expired => "says that the key has expired",
            VerdictReason.Leaked => "says that the key was leaked and blocked it",
            _ => "says that the key is invalid or revoked",
        };
        var where = context.Profile?.CreateKeyUrl is { } url ? $" at {url}" : "";
        claims.Add(
            FindingReason.KeyRejected,
            Sentence($"{Title(context)} {why}. Create a replacement{where} and put it into {key.Primary}.", status.ProvenHint));
    }

    private static void AddReservation(ClaimList claims, KeyStatus status, AssessmentContext context)
    {
        if (status.ProvenReason is VerdictReason.Restricted)
        {
            var sentence = $"{Title(context)} knows the key, but it lacks the permission that the probe needs; "
                + "its models cannot be checked.";
            claims.Add(FindingReason.KeyRestricted, Sentence(sentence, status.ProvenHint));
        }
        else if (status.ProvenReason is VerdictReason.NoFunds)
        {
            claims.Add(
                FindingReason.QuotaExhausted,
                Sentence($"{Title(context)} knows the key, but its account has no funds or quota left.", status.ProvenHint));
        }
    }

    // A key that cannot be read is unverified too; one that is missing, malformed or not probed by choice has its own finding or none.
    private static bool IsUnverified(KeyStatus status, ManagedKey key, AssessmentContext context, DateTimeOffset now)
    {
        var hasOwnFinding = status.IsMissing || key.GoneSince is not null || status.Defect is not Secrets.SecretDefect.None
            || status.ForeignFormat is not null;
        if (status.InconclusiveSince is not { } since || hasOwnFinding || !context.Instance.Probe)
        {
            return false;
        }

        var isToldAlready = status.Reason is VerdictReason.StoreUnavailable ? context.IsStoreBlamed : context.IsInstanceBlamed;
        if (isToldAlready)
        {
            return false;
        }

        var cadence = Cadence.Of(key, context.Instance, context.Profile);
        var isItsTurnToCome = status.ProbedAt < context.InstanceRecoveredAt && now < context.InstanceRecoveredAt + (2 * cadence);
        if (isItsTurnToCome)
        {
            return false;
        }

        var cadences = cadence * UnverifiedCadences;
        return now - since >= (cadences > key.Policy.UnverifiedAfter ? cadences : key.Policy.UnverifiedAfter);
    }

    private static string Title(AssessmentContext context) => context.Profile?.Title ?? context.Instance.Kind;

    private static string Sentence(string sentence, string? hint) => hint is null ? sentence : $"{sentence} {hint}";
}

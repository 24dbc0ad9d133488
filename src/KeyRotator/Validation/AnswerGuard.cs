using KeyRotator.Keys;
using KeyRotator.Providers;
using KeyRotator.Secrets;

namespace KeyRotator.Validation;

/// <summary>What holds for every provider's answers, whatever its adapter says of them.</summary>
internal static class AnswerGuard
{
    /// <summary>The verdict for an answer that no adapter needs to see, from its head alone; null where the body decides.</summary>
    public static ProbeVerdict? VerdictOfHead(HttpResponseMessage message) => (int)message.StatusCode switch
    {
        >= 300 and < 400 => Inconclusive(VerdictReason.Redirected, "The answer points to another address; redirects are not followed."),
        407 => Inconclusive(VerdictReason.EdgeBlocked, "The proxy wants credentials."),
        _ when IsEncoded(message) => Inconclusive(VerdictReason.UnexpectedBody, "The answer is compressed unasked; it was not unpacked."),
        _ => null,
    };

    /// <summary>An adapter's verdict, or Inconclusive where such a status proves nothing or the verdict would carry the key away.</summary>
    public static ProbeVerdict Confine(ProbeVerdict verdict, int status, SecretValue key)
    {
        if (verdict.Verdict != Verdict.Inconclusive && status is < 200 or >= 500 or 408)
        {
            return ProbeVerdict.Inconclusive(VerdictReason.ProviderError);
        }

        return Repeats(verdict, key)
            ? Inconclusive(VerdictReason.UnexpectedBody, "The answer repeats the key where a name belongs.")
            : verdict;
    }

    private static ProbeVerdict Inconclusive(VerdictReason reason, string hint) => ProbeVerdict.Inconclusive(reason, hint: hint);

    private static bool IsEncoded(HttpResponseMessage message) =>
        message.Content.Headers.NonValidated.TryGetValues("Content-Encoding", out var values)
        && !values.ToString().Equals("identity", StringComparison.OrdinalIgnoreCase);

    private static bool Repeats(ProbeVerdict verdict, SecretValue key) =>
        SecretInspection.IsRepeatedIn(key, verdict.Code)
        || SecretInspection.IsRepeatedIn(key, verdict.Hint)
        || SecretInspection.IsRepeatedIn(key, verdict.Account)
        || Repeats(verdict.Models, key);

    private static bool Repeats(ModelList? list, SecretValue key)
    {
        foreach (var model in list?.Models ?? [])
        {
            if (SecretInspection.IsRepeatedIn(key, model.Id)
                || SecretInspection.IsRepeatedIn(key, model.Replacement)
                || Repeats(model.Aliases, key))
            {
                return true;
            }
        }

        return false;
    }

    private static bool Repeats(IReadOnlyList<string> texts, SecretValue key)
    {
        foreach (var text in texts)
        {
            if (SecretInspection.IsRepeatedIn(key, text))
            {
                return true;
            }
        }

        return false;
    }
}

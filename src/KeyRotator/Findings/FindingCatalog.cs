using System.Diagnostics;

namespace KeyRotator.Findings;

/// <summary>Every reason with its severity and its sentence: the source of the README's table.</summary>
public static class FindingCatalog
{
    /// <summary>All reasons, in the table's order.</summary>
    public static IReadOnlyList<FindingReason> Reasons { get; } =
        [.. Enum.GetValues<FindingReason>().Where(reason => reason is not FindingReason.None)];

    /// <summary>The severity that a reason has where neither its circumstances nor the key's own settings say otherwise.</summary>
    public static Severity DefaultSeverity(FindingReason reason) => reason switch
    {
        FindingReason.KeyRejected or FindingReason.KeyExpired or FindingReason.AccountBlocked or FindingReason.SecretMissing
            or FindingReason.SecretMalformed or FindingReason.QuotaExhausted or FindingReason.RotationStalled
            or FindingReason.AlertDeliveryFailing or FindingReason.AuditBroken => Severity.Critical,
        FindingReason.KeyExpiring or FindingReason.RotationOverdue or FindingReason.KeyUnverified or FindingReason.LocationDrift
            or FindingReason.KeyShared or FindingReason.ModelMissing or FindingReason.ModelDeprecated or FindingReason.KeyRestricted
            or FindingReason.WrongEndpoint or FindingReason.ProbeUntrustworthy or FindingReason.ProviderOutage
            or FindingReason.StoreUnavailable or FindingReason.TagsUnusable or FindingReason.OldKeyAlive
            or FindingReason.RevocationDue or FindingReason.OldKeyInUse or FindingReason.DeathUnproven
            or FindingReason.ApprovalWaiting => Severity.Warning,
        FindingReason.ExpiryUnknown or FindingReason.ModelFloating or FindingReason.ForeignChange => Severity.Info,
        _ => throw new UnreachableException(),
    };

    /// <summary>What a reason means, one sentence.</summary>
    public static string Sentence(FindingReason reason) => reason switch
    {
        FindingReason.KeyRejected => "The provider said twice, on separate connections, that the key is bad.",
        FindingReason.KeyExpired => "The key's expiry has passed.",
        FindingReason.KeyExpiring => "A rung of the warning ladder before the expiry was reached; critical from seven days.",
        FindingReason.AccountBlocked => "The account behind the key is blocked: a new key will not help.",
        FindingReason.SecretMissing => "Nothing is at the key's primary location, or a key that was found by tag is found no more.",
        FindingReason.SecretMalformed =>
            "The stored value cannot be this provider's key: a JSON object, white space, quotes, masked, or another provider's format.",
        FindingReason.QuotaExhausted => "The key is good, its account has no funds or quota left.",
        FindingReason.RotationStalled => "A rotation cannot go on by itself.",
        FindingReason.AlertDeliveryFailing => "Alerts do not reach a channel.",
        FindingReason.AuditBroken =>
            "The audit is not what was recorded: rows were changed or cut past KeyRotator, or the file is damaged.",
        FindingReason.ForeignChange => "Somebody else changed the value; critical inside a rotation.",
        FindingReason.ProviderOutage =>
            "No answer is the provider's own, or it rejects so many keys at once that it is to blame; critical while it holds rejections "
            + "back.",
        FindingReason.OldKeyAlive => "The old key still works after it should have been revoked; critical after an emergency.",
        FindingReason.RevocationDue => "Consumers have had their time to pick the new key up: the old one is to be revoked.",
        FindingReason.OldKeyInUse => "Somebody else still reads the old version, so the old key should not be revoked yet.",
        FindingReason.RotationOverdue => "The key is older than rotateEvery.",
        FindingReason.KeyUnverified => "The key could be proven neither good nor bad for too long.",
        FindingReason.LocationDrift => "A secondary location does not hold the primary's value.",
        FindingReason.KeyShared => "Two managed keys hold one value; info where they serve one environment.",
        FindingReason.ModelMissing => "A declared model is not in the provider's list for this key.",
        FindingReason.ModelDeprecated => "The provider says that a declared model is going away.",
        FindingReason.KeyRestricted => "The key is good, but lacks the permission that the probe needs.",
        FindingReason.WrongEndpoint => "Base URL, region or product does not fit the key, or the service was retired.",
        FindingReason.ProbeUntrustworthy => "The provider instance accepted a made-up key: its answers prove nothing.",
        FindingReason.StoreUnavailable => "A store could not be read.",
        FindingReason.TagsUnusable => "Secrets of a store are tagged as keys, but tags are missing or wrong.",
        FindingReason.DeathUnproven => "A rotation was closed without proof that the old key is dead.",
        FindingReason.ApprovalWaiting =>
            "A replacement waits for another person's approval; critical where the old key has leaked or is dead.",
        FindingReason.ExpiryUnknown => "The provider's keys can expire, and nobody said when this one does.",
        FindingReason.ModelFloating => "A declared model is an alias that may change under its user.",
        _ => throw new UnreachableException(),
    };
}

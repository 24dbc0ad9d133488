namespace KeyRotator.Findings;

/// <summary>Why a finding is open. The names are a contract: they stand in alerts, JSON, metrics and the README's table, and do not
/// change.</summary>
public enum FindingReason
{
    /// <summary>No finding. Never stored.</summary>
    None = 0,

    /// <summary>The provider said, and said again, that the key is bad.</summary>
    KeyRejected,

    /// <summary>The key's expiry has passed.</summary>
    KeyExpired,

    /// <summary>A rung of the warning ladder before the expiry was reached.</summary>
    KeyExpiring,

    /// <summary>The key's account, organisation or project is blocked: a new key will not help.</summary>
    AccountBlocked,

    /// <summary>The location is there no more, or was never there.</summary>
    SecretMissing,

    /// <summary>The stored value cannot be a key: white space, quotes, newline, masked, another provider's format.</summary>
    SecretMalformed,

    /// <summary>The key is good, its account has no funds or quota left.</summary>
    QuotaExhausted,

    /// <summary>A rotation cannot go on by itself.</summary>
    RotationStalled,

    /// <summary>Alerts do not reach a channel.</summary>
    AlertDeliveryFailing,

    /// <summary>The audit is not what was recorded.</summary>
    AuditBroken,

    /// <summary>Somebody else changed the value.</summary>
    ForeignChange,

    /// <summary>No answer is the provider's own, or it rejects so many keys at once that it is to blame.</summary>
    ProviderOutage,

    /// <summary>The old key still works after it should have been revoked.</summary>
    OldKeyAlive,

    /// <summary>The grace of a rotation is over: the old key is to be revoked.</summary>
    RevocationDue,

    /// <summary>Somebody still reads the old version.</summary>
    OldKeyInUse,

    /// <summary>The key is older than <c>rotateEvery</c>.</summary>
    RotationOverdue,

    /// <summary>The key could not be proven good or bad for too long.</summary>
    KeyUnverified,

    /// <summary>A secondary location does not hold the primary's value.</summary>
    LocationDrift,

    /// <summary>Two managed keys hold one value.</summary>
    KeyShared,

    /// <summary>A declared model is not in the provider's list for this key.</summary>
    ModelMissing,

    /// <summary>A declared model is deprecated or has a shutdown date.</summary>
    ModelDeprecated,

    /// <summary>The key is good but lacks a permission that the probe needs.</summary>
    KeyRestricted,

    /// <summary>The base URL, region or product family does not fit the key.</summary>
    WrongEndpoint,

    /// <summary>The provider instance accepts a made-up key: its answers prove nothing.</summary>
    ProbeUntrustworthy,

    /// <summary>A store could not be read.</summary>
    StoreUnavailable,

    /// <summary>Secrets are tagged as keys, but their tags do not say what is needed.</summary>
    TagsUnusable,

    /// <summary>A rotation was closed without proof that the old key is dead.</summary>
    DeathUnproven,

    /// <summary>A replacement waits for another person's approval.</summary>
    ApprovalWaiting,

    /// <summary>Nobody has said when the key expires, and the provider does not tell.</summary>
    ExpiryUnknown,

    /// <summary>A declared model is an alias that may change under its user.</summary>
    ModelFloating,
}

namespace KeyRotator.Keys;

/// <summary>Why a verdict is what it is.</summary>
public enum VerdictReason
{
    /// <summary>No probe was made yet.</summary>
    NotProbed = 0,

    /// <summary>Accepted: authenticated, and the answer has the expected shape.</summary>
    Ok,

    /// <summary>Accepted: authenticated, but without the permission that the probe needs.</summary>
    Restricted,

    /// <summary>Accepted: authenticated, without funds or quota.</summary>
    NoFunds,

    /// <summary>Accepted where the 429 proves authentication; else Inconclusive.</summary>
    Throttled,

    /// <summary>Rejected: unknown, revoked or deleted.</summary>
    Invalid,

    /// <summary>Rejected: expired, by the provider's word.</summary>
    Expired,

    /// <summary>Rejected: reported as leaked.</summary>
    Leaked,

    /// <summary>Rejected: the account is blocked; a new key will not help.</summary>
    AccountBlocked,

    /// <summary>Inconclusive: wrong base URL, region, resource or product family.</summary>
    WrongEndpoint,

    /// <summary>Inconclusive: an edge or firewall answered, not the provider.</summary>
    EdgeBlocked,

    /// <summary>Inconclusive: refused by an address allow-list or region rule.</summary>
    CallerBlocked,

    /// <summary>Inconclusive: name resolution, connection, or an answer that broke off.</summary>
    Network,

    /// <summary>Inconclusive: the TLS handshake or certificate failed.</summary>
    Tls,

    /// <summary>Inconclusive: no whole answer in time.</summary>
    Timeout,

    /// <summary>Inconclusive: 408 or 5xx.</summary>
    ProviderError,

    /// <summary>Inconclusive: 3xx; redirects are not followed.</summary>
    Redirected,

    /// <summary>Inconclusive: a status and body that no document of the provider describes.</summary>
    UnexpectedBody,

    /// <summary>Inconclusive: more than the probe reads.</summary>
    TooLarge,

    /// <summary>Inconclusive: the provider's service was shut down.</summary>
    Retired,

    /// <summary>Inconclusive: the instance's negative control was accepted, so nothing it accepts counts.</summary>
    Untrustworthy,

    /// <summary>Inconclusive: the value could not be read from its store.</summary>
    StoreUnavailable,
}

using KeyRotator.Providers;

namespace KeyRotator.Validation;

/// <summary>One probe's outcome.</summary>
/// <param name="Verdict">What the answer proves.</param>
/// <param name="HttpStatus">Status of the answer, or null where no whole answer came.</param>
/// <param name="At">When the answer was read (UTC).</param>
/// <param name="RetryAt">Not to be asked again before then (UTC), by a Retry-After on 429, 503 or 529; null where none was given.</param>
/// <param name="ServerDate">The answer's Date header (UTC), or null: what the clock is compared with.</param>
internal sealed record ProbeResult(
    ProbeVerdict Verdict, int? HttpStatus, DateTimeOffset At, DateTimeOffset? RetryAt, DateTimeOffset? ServerDate);

/// <summary>Which connection carries a probe.</summary>
internal enum ProbeConnection
{
    /// <summary>Any, also one that carried another probe.</summary>
    Shared = 0,

    /// <summary>One of its own: what a confirmation needs.</summary>
    Fresh,
}

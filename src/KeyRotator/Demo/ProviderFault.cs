namespace KeyRotator.Demo;

/// <summary>What is wrong with an emulated provider.</summary>
internal enum ProviderFault
{
    /// <summary>Nothing: it judges each key.</summary>
    None = 0,

    /// <summary>Answers 503 to everybody.</summary>
    Outage,

    /// <summary>Answers only after <see cref="ProviderEmulator.SlowAnswer"/>.</summary>
    Slow,

    /// <summary>Gives everybody the bad-key answer, good keys too: a login service that is down.</summary>
    RejectsAll,

    /// <summary>Answers 429 with a Retry-After to everybody.</summary>
    Throttled,
}

namespace KeyRotator.Demo;

/// <summary>What is wrong with the webhook receiver.</summary>
internal enum ReceiverFault
{
    /// <summary>Nothing: it takes what is signed.</summary>
    None = 0,

    /// <summary>Answers 503.</summary>
    Unavailable,

    /// <summary>Takes the request and never answers.</summary>
    Hangs,

    /// <summary>Answers 429 with a Retry-After.</summary>
    Throttled,

    /// <summary>Cuts every connection without an answer.</summary>
    Down,
}

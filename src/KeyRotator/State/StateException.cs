namespace KeyRotator.State;

/// <summary>The database cannot be used. The message names it and says what to do; it holds no value and no password.</summary>
public sealed class StateException(string message, Exception? innerException) : Exception(message, innerException)
{
    /// <summary>Whether it may be over by itself: a server that does not answer, or not yet.</summary>
    public bool MayPass { get; init; }
}

namespace KeyRotator.State;

/// <summary>The database cannot be used. The message names the file and says what to do; it holds no value.</summary>
public sealed class StateException(string message, Exception? innerException) : Exception(message, innerException);

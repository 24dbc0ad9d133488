namespace KeyRotator.Rotation;

/// <summary>A rotation was not opened: nothing was changed. Its message says why and what to do; it holds no value.</summary>
/// <param name="message">All reasons, one a line.</param>
internal sealed class RotationRefusedException(string message) : Exception(message);

namespace KeyRotator.Demo;

/// <summary>The demo did not go as it should.</summary>
/// <param name="message">What happened instead; no value of a key.</param>
internal sealed class DemoException(string message) : Exception($"The demo failed: {message}");

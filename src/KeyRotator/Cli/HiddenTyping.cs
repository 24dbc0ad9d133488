namespace KeyRotator.Cli;

/// <summary>While it lasts, the terminal echoes nothing, also of what is typed before anybody reads it; and Ctrl-C is a key like any other,
/// because a signal would not wake the reader.</summary>
internal sealed class HiddenTyping : IDisposable
{
    /// <summary>Begins.</summary>
    public HiddenTyping() => Console.TreatControlCAsInput = true;

    /// <inheritdoc />
    public void Dispose() => Console.TreatControlCAsInput = false;
}

using Microsoft.Win32.SafeHandles;

namespace KeyRotator.Alerts;

/// <summary>Where lines go. One at a time, each as a whole; whoever reads them may hang or go away.</summary>
/// <param name="open">Opens it, at the first line.</param>
/// <param name="gate">What whoever else writes there locks while it does.</param>
internal sealed class LineOutput(Func<Stream> open, object gate) : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1, 1);
    private Stream? _stream;

    /// <summary>The process's standard output.</summary>
    public static LineOutput StandardOutput() => new(() => Open(1, Console.OpenStandardOutput), Console.Out);

    /// <summary>The process's standard error.</summary>
    public static LineOutput StandardError() => new(() => Open(2, Console.OpenStandardError), Console.Error);

    /// <summary>Writes a line and flushes it.</summary>
    /// <exception cref="IOException">Nobody reads there any more.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled; the line may still be written.</exception>
    public async Task WriteAsync(byte[] line, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);

        // A reader that hangs holds the write up for ever, and with it those after it; none of them waits longer than it may.
        var write = Task.Run(() => Write(line), CancellationToken.None);
        await write.WaitAsync(cancellationToken);
    }

    /// <inheritdoc />
    public void Dispose() => _stream?.Dispose();

    private void Write(byte[] line)
    {
        try
        {
            lock (gate)
            {
                _stream ??= open();
                _stream.Write(line);
                _stream.Flush();
            }
        }
        catch (Exception fault) when (fault is ArgumentException or UnauthorizedAccessException or NotSupportedException)
        {
            throw new IOException("It cannot be written to.", fault);
        }
        finally
        {
            _turn.Release();
        }
    }

    // The console's own stream takes a broken pipe for written. A file has no reader to lose, and others write to it too: each of its
    // writes goes to where the last one ended, which is the console's way.
    private static Stream Open(int descriptor, Func<Stream> console)
    {
        if (OperatingSystem.IsWindows())
        {
            return console();
        }

        var stream = new FileStream(new SafeFileHandle(descriptor, ownsHandle: false), FileAccess.Write, bufferSize: 0);
        return stream.CanSeek ? console() : stream;
    }
}

using System.Text;
using KeyRotator.Secrets;

namespace KeyRotator.Cli;

/// <summary>Takes a replacement's value: from a hidden prompt, from standard input, or from a file. Never from an argument.</summary>
internal sealed class CandidateInput(CliContext context)
{
    private const int MostBytes = 16 * 1024;
    private const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.OtherRead | UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;

    /// <summary>The value; one line break at its end is taken off.</summary>
    /// <param name="path">A file, or null for the prompt or standard input.</param>
    /// <param name="question">What the prompt says.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    /// <exception cref="CliException">Nothing came, or too much.</exception>
    public async Task<SecretValue> ReadAsync(string? path, string question, CancellationToken cancellationToken)
    {
        var text = path is not null ? await ReadFileAsync(path, cancellationToken)
            : context.IsInputTerminal ? new TerminalPrompt(context).ReadHidden(question)
            : await ReadAsync(context.Input, "standard input", cancellationToken);
        var value = text.EndsWith("\r\n", StringComparison.Ordinal) ? text[..^2] : text.EndsWith('\n') ? text[..^1] : text;
        return value.Length > 0 ? new SecretValue(value)
            : throw CliException.Usage($"No value came from {Source(path)}: nothing was changed.");
    }

    private string Source(string? path) => path is not null ? Typed.Show(path) : context.IsInputTerminal ? "the prompt" : "standard input";

    private async Task<string> ReadFileAsync(string path, CancellationToken cancellationToken)
    {
        var file = Path.Combine(context.Directory, path);
        try
        {
            await WarnAsync(path);
            await using var stream = File.OpenRead(file);
            return await ReadAsync(stream, Typed.Show(path), cancellationToken);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw CliException.Usage($"{Typed.Show(path)} cannot be read: {Reason(fault)}");
        }
    }

    /// <summary>Says so where others may read a file that holds keys.</summary>
    /// <exception cref="IOException">There is no such file.</exception>
    /// <exception cref="UnauthorizedAccessException">It cannot be looked at.</exception>
    public async Task WarnAsync(string path)
    {
        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(Path.Combine(context.Directory, path)) & Others) != 0)
        {
            await context.Error.WriteLineAsync(
                $"Others may read {Typed.Show(path)}: the key in it may be known to them. Remove the file once the key is in place.");
        }
    }

    private static string Reason(Exception fault) => fault switch
    {
        FileNotFoundException or DirectoryNotFoundException => "it does not exist.",
        UnauthorizedAccessException => "it is a folder, or permission is missing.",
        _ => "the system refused.",
    };

    private static async Task<string> ReadAsync(Stream stream, string name, CancellationToken cancellationToken)
    {
        var bytes = new byte[MostBytes + 1];
        try
        {
            var length = await stream.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, cancellationToken);
            return length <= MostBytes
                ? new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true).GetString(bytes, 0, length)
                : throw CliException.Usage($"More than {MostBytes / 1024} KiB came from {name}: no key is so long. Nothing was changed.");
        }
        catch (DecoderFallbackException)
        {
            throw CliException.Usage($"What came from {name} is not text in UTF-8. Nothing was changed.");
        }
        finally
        {
            Array.Clear(bytes);
        }
    }
}

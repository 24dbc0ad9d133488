using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace KeyRotator.Benchmarks;

/// <summary>A process that answers lines with lines, and ends when its stdin does.</summary>
internal sealed class ChildProgram : IAsyncDisposable
{
    private readonly Process _process;

    private ChildProgram(Process process) => _process = process;

    /// <summary>This program again, with another verb.</summary>
    public static ChildProgram Self(params IReadOnlyList<string> arguments)
    {
        var host = Environment.ProcessPath!;
        return Start(host, Path.GetFileName(host) == "dotnet" ? [typeof(ChildProgram).Assembly.Location, .. arguments] : arguments);
    }

    public static ChildProgram Start(string program, IReadOnlyList<string> arguments) =>
        new(Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true })!);

    public async Task<string> ReadLineAsync() =>
        await _process.StandardOutput.ReadLineAsync()
        ?? throw new InvalidOperationException("A benchmark process ended before its answer; see its error above.");

    public async Task<RoundFigures> ReadFiguresAsync() => JsonSerializer.Deserialize<RoundFigures>(await ReadLineAsync())!;

    /// <summary>Has a subject check that many keys.</summary>
    public async Task<RoundFigures> RoundAsync(int keys)
    {
        await _process.StandardInput.WriteLineAsync(keys.ToString(CultureInfo.InvariantCulture));
        return await ReadFiguresAsync();
    }

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}

using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;

namespace KeyRotator.EndToEnd.Support;

/// <summary>The built program in a process of its own, with an environment of its own. Bounded in time; killed by its own id where it does
/// not end.</summary>
internal sealed class Keyrotator : IAsyncDisposable
{
    private static readonly TimeSpan s_bound = TimeSpan.FromMinutes(2);
    private static readonly string[] s_inherited = ["PATH", "HOME", "LANG", "DOTNET_ROOT", "LD_LIBRARY_PATH"];
    private readonly Process _process;
    private readonly StringBuilder _out = new();
    private readonly StringBuilder _error = new();

    private Keyrotator(Process process, string input)
    {
        _process = process;
        process.OutputDataReceived += (_, line) => Append(_out, line.Data);
        process.ErrorDataReceived += (_, line) => Append(_error, line.Data);
        process.Start();
        process.StandardInput.Write(input);
        process.StandardInput.Close();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>The process's number.</summary>
    public int Id => _process.Id;

    /// <summary>What it has printed so far.</summary>
    public string Out => Text(_out);

    /// <summary>What it has complained of so far.</summary>
    public string Error => Text(_error);

    public static Keyrotator Start(
        string folder,
        IReadOnlyDictionary<string, string> environment,
        IEnumerable<string> arguments,
        string input = "",
        string? program = null)
    {
        var start = new ProcessStartInfo(DotnetHost())
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.ArgumentList.Add(Path.Combine(program ?? AppContext.BaseDirectory, "keyrotator.dll"));
        arguments.ToList().ForEach(start.ArgumentList.Add);
        start.Environment.Clear();
        foreach (var name in s_inherited.Where(name => Environment.GetEnvironmentVariable(name) is not null))
        {
            start.Environment[name] = Environment.GetEnvironmentVariable(name);
        }

        // The runtime would leave a socket in the temporary folder of each process that is killed.
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        environment.ToList().ForEach(pair => start.Environment[pair.Key] = pair.Value);
        return new Keyrotator(new Process { StartInfo = start }, input);
    }

    /// <summary>Waits for its end.</summary>
    public async Task<Ended> EndAsync(CancellationToken cancellationToken, TimeSpan? within = null)
    {
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        bound.CancelAfter(within ?? s_bound);
        try
        {
            await _process.WaitForExitAsync(bound.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"keyrotator did not end within {within ?? s_bound}.\n{Out}\n{Error}");
        }

        return new Ended(_process.ExitCode, Out, Error);
    }

    /// <summary>Ends it as a crash would.</summary>
    public void Kill() => _process.Kill();

    /// <summary>Sends a signal, by its name: <c>TERM</c>, <c>INT</c>.</summary>
    public async Task SignalAsync(string signal, CancellationToken cancellationToken)
    {
        using var kill = Process.Start("kill", [$"-{signal}", $"{_process.Id}"]);
        await kill.WaitForExitAsync(cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync(CancellationToken.None);
        }

        _process.Dispose();
    }

    // The host that runs this test, whichever way the test was started.
    private static string DotnetHost() => Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "../../../dotnet"));

    private static void Append(StringBuilder text, string? line)
    {
        lock (text)
        {
            _ = line is null ? text : text.Append(line).Append('\n');
        }
    }

    private static string Text(StringBuilder text)
    {
        lock (text)
        {
            return text.ToString();
        }
    }
}

/// <summary>How a process ended.</summary>
internal sealed record Ended(int ExitCode, string Out, string Error);

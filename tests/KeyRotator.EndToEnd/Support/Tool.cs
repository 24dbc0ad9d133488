using System.Diagnostics;

namespace KeyRotator.EndToEnd.Support;

/// <summary>Runs programs of others to their end, bounded in time; killed by their own id where they do not end.</summary>
internal static class Tool
{
    private static readonly TimeSpan s_bound = TimeSpan.FromMinutes(2);

    /// <summary>Runs one, with the environment of this test and some variables besides.</summary>
    /// <param name="program">Its name or path.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <param name="variables">More variables; null for none.</param>
    /// <param name="within">How long it may take; two minutes where null.</param>
    public static async Task<Ended> RunAsync(
        string program,
        IEnumerable<string> arguments,
        CancellationToken cancellationToken,
        IReadOnlyDictionary<string, string>? variables = null,
        TimeSpan? within = null)
    {
        var start = new ProcessStartInfo(program) { RedirectStandardOutput = true, RedirectStandardError = true };
        arguments.ToList().ForEach(start.ArgumentList.Add);
        variables?.ToList().ForEach(pair => start.Environment[pair.Key] = pair.Value);
        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start.");
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        bound.CancelAfter(within ?? s_bound);
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(bound.Token);
            var error = process.StandardError.ReadToEndAsync(bound.Token);
            await process.WaitForExitAsync(bound.Token);
            return new Ended(process.ExitCode, await output, await error);
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }

    /// <summary>What one prints. It must end well.</summary>
    public static async Task<string> ReadAsync(string program, IEnumerable<string> arguments, CancellationToken cancellationToken)
    {
        var ended = await RunAsync(program, arguments, cancellationToken);
        return ended.ExitCode == 0
            ? ended.Out
            : throw new InvalidOperationException($"{program} ended with {ended.ExitCode}: {ended.Error}");
    }
}

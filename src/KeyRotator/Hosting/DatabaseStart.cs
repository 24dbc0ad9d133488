using KeyRotator.State;

namespace KeyRotator.Hosting;

/// <summary>Begins what needs the database, as soon as that answers.</summary>
/// <param name="phase">Told what is waited for.</param>
/// <param name="isServer">Whether the database is a server's.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Told each reason once.</param>
internal sealed partial class DatabaseStart(ServicePhase phase, bool isServer, TimeProvider time, ILogger<DatabaseStart> logger)
{
    private readonly HashSet<string> _told = new(StringComparer.Ordinal);

    /// <summary>Tries until it succeeds, cannot succeed, or is cancelled.</summary>
    /// <exception cref="StateException">Waiting does not mend it.</exception>
    public async Task RunAsync(Func<CancellationToken, Task> begin, CancellationToken cancellationToken)
    {
        for (var attempts = 1; ; attempts++)
        {
            try
            {
                await begin(cancellationToken);
                break;
            }
            catch (StateException fault) when (StartDecision.WaitAfter(isServer, fault, attempts) is { } wait)
            {
                phase.Wait(fault.Message);
                if (_told.Add(fault.Message))
                {
                    LogWaits(fault.Message);
                }

                await Task.Delay(wait, time, cancellationToken);
            }
        }

        phase.Begin();
        if (_told.Count > 0)
        {
            LogAnswers();
        }
    }

    [LoggerMessage(7040, LogLevel.Warning, "Waiting for the database: {Error}")]
    private partial void LogWaits(string error);

    [LoggerMessage(7041, LogLevel.Information, "The database answers; work begins")]
    private partial void LogAnswers();
}

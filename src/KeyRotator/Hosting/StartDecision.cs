using KeyRotator.State;

namespace KeyRotator.Hosting;

/// <summary>Whether a service whose database cannot be used waits for it. Pure.</summary>
/// <remarks>A server that does not answer, or not yet, is waited for, however long: the process is alive, it is only not ready. All else no
/// waiting mends here: a password that is wrong comes from the process's environment, which only another process gets anew; a schema that
/// is newer wants another program; a file that is bad stays bad. Then the process ends and says why; whoever runs it starts it
/// again.</remarks>
internal static class StartDecision
{
    /// <summary>The longest time between two attempts.</summary>
    public static TimeSpan LongestWait { get; } = TimeSpan.FromSeconds(10);

    /// <summary>How long to wait before the next attempt; null where the process is to end.</summary>
    /// <param name="isServer">Whether the database is a server's; a file is there, or is not.</param>
    /// <param name="fault">What is wrong.</param>
    /// <param name="attempts">How many attempts failed so far, at least 1.</param>
    public static TimeSpan? WaitAfter(bool isServer, StateException fault, int attempts)
    {
        if (!isServer || !fault.MayPass)
        {
            return null;
        }

        var wait = TimeSpan.FromSeconds(0.5 * Math.Pow(2, Math.Min(attempts - 1, 10)));
        return wait < LongestWait ? wait : LongestWait;
    }
}

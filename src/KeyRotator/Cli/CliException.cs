namespace KeyRotator.Cli;

/// <summary>Ends a verb with an exit code and a message for people. The message holds no value of a key.</summary>
internal sealed class CliException(ExitCode exitCode, string message) : Exception(message)
{
    /// <summary>How the verb ends.</summary>
    public ExitCode ExitCode { get; } = exitCode;

    /// <summary>The command line or the configuration is wrong.</summary>
    public static CliException Usage(string message) => new(ExitCode.Usage, message);

    /// <summary>It could not be done.</summary>
    public static CliException Failed(string message) => new(ExitCode.Failed, message);
}

namespace KeyRotator.Cli.Output;

/// <summary>How a verb prints what it has to say.</summary>
internal enum OutputFormat
{
    /// <summary>For people. No contract.</summary>
    Table = 0,

    /// <summary>For programs. A contract.</summary>
    Json,
}

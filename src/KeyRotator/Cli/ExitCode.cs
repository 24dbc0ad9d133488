using KeyRotator.Findings;

namespace KeyRotator.Cli;

/// <summary>How a verb ended. The numbers are a contract with scripts and schedulers.</summary>
internal enum ExitCode
{
    /// <summary>Fine.</summary>
    Success = 0,

    /// <summary>It could not be done, or not be recorded.</summary>
    Failed = 1,

    /// <summary>The command line or the configuration is wrong.</summary>
    Usage = 2,

    /// <summary>There are findings at or above <c>--fail-on</c>.</summary>
    Findings = 3,

    /// <summary>An operator is needed.</summary>
    OperatorNeeded = 4,
}

/// <summary>From which severity on findings make a verb fail.</summary>
internal enum FailOn
{
    /// <summary>Findings never do, nor does a wait for an operator.</summary>
    None = 0,

    /// <summary>Warning and critical.</summary>
    Warning,

    /// <summary>Critical only.</summary>
    Critical,
}

/// <summary>What an exit code is made of.</summary>
internal readonly record struct ExitFacts
{
    /// <summary>The command line or the configuration is wrong.</summary>
    public bool IsUsageFault { get; init; }

    /// <summary>The verb could not run, or not record what it saw.</summary>
    public bool HasFailed { get; init; }

    /// <summary>Something waits for an operator.</summary>
    public bool NeedsOperator { get; init; }

    /// <summary>The greatest severity of the open findings that are not held back, or null.</summary>
    public Severity? Worst { get; init; }
}

/// <summary>Chooses the exit code.</summary>
internal static class ExitCodes
{
    /// <summary>The one code for all facts, in the order of precedence 2, 1, 4, 3, 0.</summary>
    public static ExitCode For(ExitFacts facts, FailOn failOn) => facts switch
    {
        { IsUsageFault: true } => ExitCode.Usage,
        { HasFailed: true } => ExitCode.Failed,
        _ when failOn is FailOn.None => ExitCode.Success,
        { NeedsOperator: true } => ExitCode.OperatorNeeded,
        { Worst: { } worst } when worst >= Threshold(failOn) => ExitCode.Findings,
        _ => ExitCode.Success,
    };

    private static Severity Threshold(FailOn failOn) => failOn is FailOn.Warning ? Severity.Warning : Severity.Critical;
}

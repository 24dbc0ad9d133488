using KeyRotator.Findings;
using KeyRotator.Keys;

namespace KeyRotator.Cli.Output;

/// <summary>Counts what a report says, for its summary and the exit code. Findings that an outage holds back do not count.</summary>
internal sealed class ReportTally(DateTimeOffset now)
{
    private readonly int[] _verdicts = new int[3];
    private readonly int[] _severities = new int[3];

    /// <summary>How many keys.</summary>
    public int Keys { get; private set; }

    /// <summary>The greatest severity, or null where nothing is wrong.</summary>
    public Severity? Worst { get; private set; }

    /// <summary>How many keys have a verdict.</summary>
    public int this[Verdict verdict] => _verdicts[(int)verdict];

    /// <summary>How many findings have a severity.</summary>
    public int this[Severity severity] => _severities[(int)severity];

    /// <summary>Counts a key and its findings.</summary>
    public void Add(KeyReport report)
    {
        Keys++;
        _verdicts[(int)report.Verdict]++;
        foreach (var finding in report.Findings)
        {
            Add(finding);
        }
    }

    /// <summary>Counts a finding.</summary>
    public void Add(Finding finding)
    {
        if (IsHeld(finding, now))
        {
            return;
        }

        _severities[(int)finding.Severity]++;
        Worst = Worst > finding.Severity ? Worst : finding.Severity;
    }

    /// <summary>True while an outage holds the finding back.</summary>
    public static bool IsHeld(Finding finding, DateTimeOffset now) => finding.HeldUntil > now;
}

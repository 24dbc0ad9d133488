using KeyRotator.Alerts;
using KeyRotator.Findings;
using KeyRotator.State;

namespace KeyRotator.Ledger;

/// <summary>Who looks after findings, and which of them nobody wants to hear of, as of one moment.</summary>
internal sealed class FindingAttention(FindingWriter findings, IReadOnlyList<Silence> silences, DateTimeOffset now)
{
    /// <summary>Reads the silences that hold.</summary>
    public static async Task<FindingAttention> ReadAsync(
        StateTransaction transaction, FindingWriter findings, DateTimeOffset now, CancellationToken cancellationToken) =>
        new(findings, await SilenceTable.LiveAsync(transaction, now, cancellationToken), now);

    /// <summary>Who looks after a finding now, or null.</summary>
    public Acknowledgement? AckOf(Finding finding) => finding.Ack is { } ack && ack.Holds(now) ? ack : null;

    /// <summary>The silence that keeps a finding longest, or null.</summary>
    public Silence? SilenceOf(Finding finding) =>
        silences.Count == 0 ? null : Silencing.Covering(findings.Shown(finding), silences, now);
}

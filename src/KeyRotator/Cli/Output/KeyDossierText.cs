using KeyRotator.Configuration;
using KeyRotator.Keys;

namespace KeyRotator.Cli.Output;

/// <summary>Prints a key's dossier for people.</summary>
internal sealed class KeyDossierText(CliContext context, KeyDossier dossier)
{
    private readonly DateTimeOffset _now = context.Time.GetUtcNow();

    /// <summary>Fields, then locations, versions, history and findings.</summary>
    public void Write()
    {
        WriteDeclared();
        WriteObserved();
        WriteLocations();
        WriteVersions();
        WriteHistory();
        if (dossier.Report.Findings.Count > 0)
        {
            context.Out.WriteLine();
            new FindingList(context, dossier.Attention, _now).Write(dossier.Report.Findings);
        }
    }

    private void WriteDeclared()
    {
        var fields = new FieldList(context, 14);
        var key = dossier.Key;
        fields.Write("key", key.Id.Value);
        fields.Write("provider", key.Provider);
        fields.Write("environment", key.Environment);
        fields.Write("owner", key.Owner);
        fields.Write("labels", string.Join(", ", key.Labels.Select(label => $"{label.Key}={label.Value}")));
        fields.Write("models", string.Join(", ", key.Models));
        if (key.IsDiscovered)
        {
            var gone = key.GoneSince is { } since ? $", gone since {TimeText.InstantAndAgo(since, _now)}" : "";
            fields.Write("found", $"by tag in store {key.Primary.Store}{gone}");
        }

        fields.Write("check every", Durations.Format(key.Policy.CheckEvery));
        fields.Write("rotate every", Durations.Format(key.Policy.RotateEvery));
        fields.Write("rotate before", $"{Durations.Format(key.Policy.RotateBefore)} to expiry");
    }

    private void WriteObserved()
    {
        var fields = new FieldList(context, 14);
        var report = dossier.Report;
        fields.Write("state", report.State?.ToString());
        if (report.Suspension is { } held)
        {
            fields.Write("suspended", SuspensionText.Of(held, _now));
        }

        fields.Write("verdict", report.Reason is VerdictReason.NotProbed ? "never probed" : VerdictText(report));
        fields.Write("fingerprint", report.Fingerprint);
        fields.Write("account", dossier.Status?.Account);
        fields.Write("expires", report.ExpiresAt is null ? "unknown" : $"{Expiry(report.ExpiresAt)} ({report.ExpirySource})");
        fields.Write("rotation due", TimeText.InstantAndAgo(report.RotationDueAt, _now));
        fields.Write("checked", TimeText.InstantAndAgo(report.CheckedAt, _now));
        fields.Write("next check", TimeText.InstantAndAgo(report.NextCheckAt, _now));
    }

    private string VerdictText(KeyReport report)
    {
        var status = report.HttpStatus is { } number ? $", HTTP {number}" : "";
        return $"{report.Verdict}/{report.Reason}{status}, since {TimeText.InstantAndAgo(report.VerdictSince, _now)}";
    }

    private string Expiry(DateTimeOffset? expiresAt) => TimeText.Expiry(expiresAt, _now).TrimStart();

    private void WriteLocations()
    {
        var table = new TextTable(
            new("LOCATION", Cut.Middle, 24), new("VERSION", Cut.Middle, 8), new("FINGERPRINT"), new("DRIFTING SINCE"));
        foreach (var seen in dossier.Report.Locations)
        {
            table.Add(seen.Location.ToString(), seen.Version, seen.Fingerprint?.Short, TimeText.Instant(seen.DriftingSince));
        }

        Write(table);
    }

    private void WriteVersions()
    {
        if (dossier.Versions.Count == 0)
        {
            return;
        }

        var table = new TextTable(new("VERSION"), new("FINGERPRINT"), new("STATE"), new("FIRST SEEN"), new("EXPIRES"), new("SUPERSEDED"));
        foreach (var version in dossier.Versions)
        {
            table.Add(
                $"{version.Sequence}", version.Fingerprint.Short, version.State.ToString(), TimeText.Instant(version.FirstSeenAt),
                Expiry(version.ExpiresAt), TimeText.Ago(version.SupersededAt, _now));
        }

        Write(table);
        WriteTransitions();
    }

    private void WriteTransitions()
    {
        var table = new TextTable(new("VERSION"), new("STATE"), new("SINCE"), new("BY", Cut.Middle, 8), new("REASON", Cut.End, 20));
        foreach (var version in dossier.Versions)
        {
            foreach (var move in dossier.Transitions[version.Sequence].Reverse())
            {
                table.Add($"{version.Sequence}", move.To.ToString(), TimeText.Instant(move.At), move.By, move.Reason);
            }
        }

        Write(table);
    }

    private void WriteHistory()
    {
        if (dossier.History.Count == 0)
        {
            return;
        }

        var table = new TextTable(new("FROM"), new("TO"), new("CHECKS"), new("VERDICT", Cut.End, 12), new("HTTP"));
        foreach (var run in dossier.History)
        {
            var verdict = $"{run.Verdict}/{run.Reason}";
            table.Add(TimeText.Instant(run.From), TimeText.Instant(run.To), $"{run.Checks}", verdict, $"{run.HttpStatus}");
        }

        Write(table);
    }

    private void Write(TextTable table)
    {
        context.Out.WriteLine();
        table.Write(context.Out, context.LineWidth, context.Paint);
    }
}

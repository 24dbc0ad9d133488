using System.Globalization;
using System.Text;
using KeyRotator.Audit;
using KeyRotator.Configuration;
using KeyRotator.Stores.Remote;

namespace KeyRotator.Hosting;

/// <summary>The service's numbers in Prometheus's text format 0.0.4.</summary>
internal static class MetricsText
{
    /// <summary>Writes them all; label values are names of jobs and of configured stores, which need no escaping.</summary>
    public static string Write(
        JobRecord jobs, SettingsWatcher watcher, IEnumerable<IMeteredStore> stores, AuditHead? audit, ChannelFigures? channels)
    {
        var text = new StringBuilder();
        Head(text, "keyrotator_config_last_reload_successful", "gauge", "Whether the last changed configuration was put in force.");
        Sample(text, "keyrotator_config_last_reload_successful", watcher.IsInForce ? 1 : 0);
        Head(text, "keyrotator_config_reload_failures_total", "counter", "Changed configurations that were refused.");
        Sample(text, "keyrotator_config_reload_failures_total", watcher.FailedReloads);
        Head(text, "keyrotator_job_last_success_timestamp_seconds", "gauge", "When each job last succeeded.");
        var succeeded = jobs.Outcomes.Where(entry => entry.Value.SucceededAt is not null);
        foreach (var (job, outcome) in succeeded.OrderBy(entry => entry.Key, StringComparer.Ordinal))
        {
            var at = outcome.SucceededAt!.Value.ToUnixTimeMilliseconds() / 1000.0;
            Sample(text, $"keyrotator_job_last_success_timestamp_seconds{{job_name=\"{job}\"}}", at);
        }

        Head(text, "keyrotator_job_runs_total", "counter", "Runs of each job, by how they ended.");
        foreach (var (job, outcome) in jobs.Outcomes.OrderBy(entry => entry.Key, StringComparer.Ordinal))
        {
            Sample(text, $"keyrotator_job_runs_total{{job_name=\"{job}\",result=\"success\"}}", outcome.Succeeded);
            Sample(text, $"keyrotator_job_runs_total{{job_name=\"{job}\",result=\"failure\"}}", outcome.Failed);
        }

        WriteStores(text, stores);
        WriteAudit(text, audit);
        if (channels is not null)
        {
            ChannelMetrics.Write(text, channels);
        }

        return text.ToString();
    }

    /// <summary>Writes how often the stores were called.</summary>
    internal static void WriteStores(StringBuilder text, IEnumerable<IMeteredStore> stores)
    {
        const string Name = "keyrotator_store_requests_total";
        Head(text, Name, "counter", "Requests to each store's API, repeats included, by what they ask for.");
        foreach (var store in stores.OrderBy(store => store.Name, StringComparer.Ordinal))
        {
            var total = store.Meter.Total;
            Sample(text, $"{Name}{{store=\"{store.Name}\",kind=\"read\"}}", total.Reads);
            Sample(text, $"{Name}{{store=\"{store.Name}\",kind=\"list\"}}", total.Lists);
            Sample(text, $"{Name}{{store=\"{store.Name}\",kind=\"write\"}}", total.Writes);
        }
    }

    /// <summary>Writes how many acts were ever recorded; nothing where nobody knows.</summary>
    internal static void WriteAudit(StringBuilder text, AuditHead? audit)
    {
        if (audit is not null)
        {
            Head(text, "keyrotator_audit_sequence", "gauge", "Number of the last row of the audit. It never falls.");
            Sample(text, "keyrotator_audit_sequence", audit.Sequence);
        }
    }

    internal static void Head(StringBuilder text, string name, string type, string help) =>
        text.Append("# HELP ").Append(name).Append(' ').Append(help).Append("\n# TYPE ").Append(name).Append(' ').Append(type).Append('\n');

    internal static void Sample(StringBuilder text, string name, double value) =>
        text.Append(name).Append(' ').Append(value.ToString(CultureInfo.InvariantCulture)).Append('\n');
}

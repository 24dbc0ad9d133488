using System.Globalization;
using KeyRotator.Audit;
using KeyRotator.Configuration;

namespace KeyRotator.Hosting;

/// <summary>What the audit keeps of configurations: counts and a digest, no value. Pure.</summary>
internal static class ConfigurationAudit
{
    /// <summary>A configuration is put in force.</summary>
    /// <param name="before">The one before; null where the service starts.</param>
    /// <param name="after">The one that comes.</param>
    /// <param name="actor">Who.</param>
    /// <param name="now">When (UTC).</param>
    public static AuditEntry Of(Settings? before, Settings after, AuditActor actor, DateTimeOffset now)
    {
        string[] parts =
        [
            Count("keys", before?.Keys.Select(key => key.Id.Value), after.Keys.Select(key => key.Id.Value)),
            Count("stores", before?.Stores.Keys, after.Stores.Keys),
            Count("providers", before?.Providers.Keys, after.Providers.Keys),
            Count("channels", before?.Channels.Keys, after.Channels.Keys),
            string.Create(CultureInfo.InvariantCulture, $"{after.Routes.Count} routes"),
        ];
        return new()
        {
            At = now,
            Actor = actor,
            Act = before is null ? AuditActs.ServiceStarted : AuditActs.ConfigurationReloaded,
            TargetKind = AuditActs.Configuration,
            Target = after.Digest.Length > 0 ? $"sha256:{after.Digest}" : "none",
            Reason = string.Join(", ", parts) + ".",
        };
    }

    private static string Count(string what, IEnumerable<string>? before, IEnumerable<string> after)
    {
        var now = after.ToHashSet(StringComparer.Ordinal);
        var was = before?.ToHashSet(StringComparer.Ordinal) ?? now;
        var (added, removed) = (now.Except(was).Count(), was.Except(now).Count());
        var change = (added, removed) is (0, 0) ? "" : string.Create(CultureInfo.InvariantCulture, $" (+{added} -{removed})");
        return string.Create(CultureInfo.InvariantCulture, $"{now.Count} {what}{change}");
    }
}

using KeyRotator.Alerts;
using KeyRotator.Configuration;
using KeyRotator.Findings;
using KeyRotator.Keys;
using KeyRotator.Providers;
using KeyRotator.State;

namespace KeyRotator.Ledger;

/// <summary>Writes changes of the ledger and, in the same transaction, the messages that tell of them.</summary>
internal sealed class FindingWriter(Settings settings, Inventory inventory, string installation)
{
    private readonly AlertComposer _composer = new(installation, settings.Routes, settings.Channels);

    /// <summary>The keys.</summary>
    public Inventory Inventory => inventory;

    /// <summary>Starts writing into a transaction. What is told goes to the outbox with <see cref="LedgerSession.FlushAsync"/>.</summary>
    public LedgerSession Begin(StateTransaction transaction) => new(transaction, this, _composer);

    /// <summary>A finding as receivers see it; without what only its key's status tells where that is not at hand.</summary>
    public AlertFinding Shown(Finding finding, KeyStatus? status = null) =>
        ShownFinding.Of(installation, finding, Facts(finding.Key, new FindingTerms { At = finding.OpenedAt, Status = status }));

    /// <summary>When an open finding is brought to mind again (UTC), or null where it never is.</summary>
    public DateTimeOffset? RemindAt(FindingSubject subject, Severity severity, DateTimeOffset now)
    {
        var policy = Key(subject)?.Policy ?? settings.Defaults;
        return severity switch
        {
            Severity.Critical => now + policy.RepeatCriticalEvery,
            Severity.Warning => now + policy.RepeatWarningEvery,
            _ => null,
        };
    }

    /// <summary>What receivers learn of a finding's subject.</summary>
    public AlertSubjectFacts Facts(FindingKey finding, FindingTerms terms)
    {
        var facts = FactsWithoutRunbook(finding, terms);
        return facts with
        {
            RunbookUrl = settings.Runbook?.Fill(finding.Reason, finding.Subject.Name, facts.Provider, facts.Environment, facts.Owner),
        };
    }

    private AlertSubjectFacts FactsWithoutRunbook(FindingKey finding, FindingTerms terms)
    {
        var subject = finding.Subject;
        if (Key(subject) is not { } key)
        {
            return subject.Kind switch
            {
                SubjectKind.Provider => new AlertSubjectFacts { Provider = subject.Name },
                SubjectKind.Store => new AlertSubjectFacts { Store = subject.Name },
                _ => AlertSubjectFacts.None,
            };
        }

        var instance = settings.Providers.GetValueOrDefault(key.Provider);
        return new AlertSubjectFacts
        {
            Provider = key.Provider,
            Environment = key.Environment,
            Owner = key.Owner,
            Fingerprint = terms.Status?.Fingerprint?.Short,
            ExpiresAt = terms.Status?.ExpiresAt,
            ConsoleUrl = IsToRevoke(finding.Reason) ? settings.RevokeUrl(key)
                : instance is null ? null
                : KeyProviders.Find(instance.Kind)?.Profile.CreateKeyUrl,
            Store = key.Locations.Count > 0 ? key.Locations[0].Store : null,
            Labels = key.Labels.Count > 0 ? key.Labels : null,
            FirstPass = terms.IsFirstPass,
        };
    }

    /// <summary>An open finding as receivers see it.</summary>
    public AlertFinding Shown(Finding finding, FindingTerms terms) =>
        _composer.Shown(new FindingEvent(finding, FindingEventKind.Opened, Facts(finding.Key, terms)));

    private static bool IsToRevoke(FindingReason reason) => reason is FindingReason.RevocationDue or FindingReason.OldKeyAlive
        or FindingReason.OldKeyInUse or FindingReason.DeathUnproven;

    /// <summary>The inventory's entry that a finding is about, or null where it is about none, or about one that is gone.</summary>
    public ManagedKey? Key(FindingSubject subject) =>
        subject.Kind is SubjectKind.Key && KeyId.TryParse(subject.Name, out var id) ? inventory.Find(id) : null;
}

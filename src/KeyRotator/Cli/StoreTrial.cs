using KeyRotator.Audit;
using KeyRotator.Cli.Output;
using KeyRotator.Configuration;
using KeyRotator.Keys;
using KeyRotator.Secrets;
using KeyRotator.Stores;
using KeyRotator.Validation;

namespace KeyRotator.Cli;

/// <summary>Tries one store after another: its own test, what is declared in it, and, where that is asked for, writing.</summary>
/// <param name="context">The surroundings.</param>
/// <param name="settings">The configuration.</param>
internal sealed class StoreTrial(CliContext context, Settings settings)
{
    private const int MostLocations = 20;

    /// <summary>Whether a secret is made and removed.</summary>
    public bool Writes { get; init; }

    /// <summary>Puts it on record; needed where it writes.</summary>
    public Trials? Record { get; set; }

    /// <summary>What its name begins with; null for the folder that the declared locations share.</summary>
    public string? Prefix { get; init; }

    /// <summary>The steps that were tried. After a failure that is none of a single right, the rest is left out.</summary>
    public async Task<IReadOnlyList<StoreTestStep>> RunAsync(ISecretStore store, CancellationToken cancellationToken)
    {
        var declared = settings.Keys.SelectMany(key => key.Locations).Where(location => location.Store == store.Name).Distinct().ToList();
        var tried = declared.Take(MostLocations).ToList();
        var steps = store is IStoreSelfTest selfTest ? await selfTest.TestAsync(tried, cancellationToken) : [];
        if (steps.Any(step => !step.Passed && step.MissingPermission is null))
        {
            return steps;
        }

        var reads = await ReadAsync(store, tried, cancellationToken);
        var suffices = tried.Count > 0 && reads.All(step => step.Passed)
            && settings.Stores.GetValueOrDefault(store.Name)?.Discover is null;
        return
        [
            .. suffices ? steps.Select(Spared) : steps,
            .. reads,
            .. Writes ? await WriteAsync(store, declared, cancellationToken) : [],
        ];
    }

    // An identity of least rights reads what is declared and lists nothing.
    private static StoreTestStep Spared(StoreTestStep step) =>
        step.Passed ? step : step with { Passed = true, Message = $"missing, and not needed for what is declared: {step.Message}" };

    private async Task<IReadOnlyList<StoreTestStep>> ReadAsync(
        ISecretStore store, IEnumerable<SecretLocation> declared, CancellationToken cancellationToken)
    {
        var run = new StoreTestRun(context.Time);
        foreach (var location in declared)
        {
            // One that cannot be read says nothing of the others.
            await run.TryAsync($"read {location}", () => ReadAsync(store, location, cancellationToken));
        }

        return run.Steps;
    }

    private static async Task<string> ReadAsync(ISecretStore store, SecretLocation location, CancellationToken cancellationToken)
    {
        var found = await store.ReadAsync(location, null, cancellationToken);
        var defect = found is null ? null : SecretDefects.Describe(SecretInspection.Inspect(found.Value));
        var advice = (found, defect) switch
        {
            (null, _) when await IsSecretAsync(store, location, cancellationToken) =>
                $"the secret is there and has no field `{location.Field}`; only members of its first level are fields.",
            (null, _) => "nothing is there: check the name, and the region, project, mount or namespace of the store.",
            (_, not null) => $"the value {defect}: store the key's exact text there, or correct the location.",
            _ => null,
        };
        return advice is null ? "there" : throw new SecretStoreException(store.Name, "read", location, isTransient: false, advice);
    }

    // Whether it is the field alone that is absent.
    private static async Task<bool> IsSecretAsync(ISecretStore store, SecretLocation location, CancellationToken cancellationToken)
    {
        var whole = location with { Field = null };
        try
        {
            return location.Field is not null && (store is ISecretDescriber describer
                ? await describer.DescribeAsync(whole, cancellationToken) is not null
                : await store.ReadAsync(whole, null, cancellationToken) is not null);
        }
        catch (SecretStoreException)
        {
            return false; // not told: it adds nothing to what is to be done
        }
    }

    private async Task<IReadOnlyList<StoreTestStep>> WriteAsync(
        ISecretStore store, IEnumerable<SecretLocation> declared, CancellationToken cancellationToken)
    {
        if (store is not ISecretRemoval written)
        {
            return [new("write", true, store.Capabilities.ReadOnly
                ? "not tried: a store of this kind is read-only and cannot be written"
                : "not tried: a store of this kind cannot remove what would be made")];
        }

        var folder = Prefix ?? TrialFolder.Of(declared.Select(location => location.Name));
        var secret = TrialSecret.Create(store.Name, folder, context.Time.GetUtcNow(), context.Random);
        Tell($"Store {store.Name}: making the secret {secret.Location.Name}, which is removed at the end.");
        var test = new StoreWriteTest(written, secret, new(context.Time), context.Time, Tell);
        var trial = new Trial(
            AuditActs.StoreTried, AuditActs.Store, store.Name, $"Making, writing anew and removing the secret {secret.Location.Name}.");
        return Record is { } record
            ? await record.RunAsync(trial, () => test.RunAsync(cancellationToken), OutcomeOf, cancellationToken)
            : throw new InvalidOperationException("What writes is put on record.");
    }

    private static TrialOutcome OutcomeOf(IReadOnlyList<StoreTestStep> steps) =>
        steps.FirstOrDefault(step => !step.Passed) is { } failed
            ? new(false, $"{failed.Name}: {failed.Message}")
            : new(true, "Made, written anew and removed.");

    private void Tell(string sentence) => context.Error.WriteLine(Printable.Of(sentence));
}

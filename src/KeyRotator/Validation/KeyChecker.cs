using KeyRotator.Keys;
using KeyRotator.Providers;
using KeyRotator.Secrets;
using KeyRotator.State;
using KeyRotator.Stores;

namespace KeyRotator.Validation;

/// <summary>Checks one key: inspects the value that its store gave, probes it, and keeps what was seen without the value.</summary>
internal sealed class KeyChecker(InstanceScope scope)
{
    private readonly CheckEnvironment _environment = scope.Environment;

    /// <summary>What is there, and what the provider says of it.</summary>
    public async Task<Observation> CheckAsync(KeyReading reading, CancellationToken cancellationToken)
    {
        var seen = Look(reading);
        if (seen is not { Primary: PrimaryReading.Present, Defect: SecretDefect.None, ForeignFormat: null }
            || reading.Primary.Secret is not { } secret
            || !scope.Instance.Probe)
        {
            return seen;
        }

        if (Cadence.RestsUntil(reading.Known, seen, scope.RestOf(reading.Key)) is { } rested)
        {
            return seen with { RestsUntil = rested };
        }

        return await ProbeAsync(secret.Value, reading.Connection, cancellationToken) is { } result
            ? Answered(seen, result, secret.Value)
            : seen with { At = _environment.Time.GetUtcNow(), PutOffUntil = scope.AskableAt() };
    }

    private Observation Look(KeyReading reading)
    {
        var seen = new Observation { Key = reading.Key, At = _environment.Time.GetUtcNow(), Secondaries = reading.Secondaries };
        if (reading.Primary.Failure is not null)
        {
            return seen with { Primary = PrimaryReading.Unreadable };
        }

        return reading.Primary.Secret is not { } secret ? seen with { Primary = PrimaryReading.Absent } : seen with
        {
            Primary = PrimaryReading.Present,
            Fingerprint = _environment.State.Fingerprinter.Of(secret.Value),
            StoreVersion = secret.Version?.Id,
            Defect = SecretInspection.Inspect(secret.Value),
            ForeignFormat = FormatMixUp.TitleOf(scope.Instance, secret.Value),
        };
    }

    private Observation Answered(Observation seen, ProbeResult result, SecretValue value) => seen with
    {
        At = result.At,
        Probe = result,
        ExpiresAt = result.Verdict.ExpiresAt ?? (scope.Provider as IKeyExpiryReader)?.ReadExpiry(value),
        Models = result.Verdict.Models is { } list ? ModelComparison.Compare(seen.Key.Models, list, scope.Digests.Of(list)) : null,
    };

    // Null where it may not be asked now: its time in this pass is over, it asked for a long pause, or it does not answer. Such keys stay
    // due.
    private async Task<ProbeResult?> ProbeAsync(SecretValue value, ProbeConnection connection, CancellationToken cancellationToken)
    {
        if (scope.IsOver)
        {
            return null;
        }

        using var turn = await scope.Pacer.EnterAsync(scope.TimeLeft, cancellationToken);
        if (turn is null || scope.IsOver)
        {
            return null;
        }

        var result = await _environment.Validator.ProbeAsync(scope.Instance, value, connection, cancellationToken);
        scope.Note(result);
        return result;
    }
}

/// <summary>A key whose value was read and waits for its probe. The one place where a value waits: a bounded queue.</summary>
/// <param name="Key">The inventory's entry.</param>
/// <param name="Primary">What its store gave.</param>
/// <param name="Secondaries">What stands at its other locations.</param>
/// <param name="Connection">Fresh where a rejection waits for confirmation.</param>
/// <param name="Known">What was known of the key before the pass; null where nothing was, or where this very pass confirms what it
/// found.</param>
internal sealed record KeyReading(
    ManagedKey Key, StoreReading Primary, IReadOnlyList<SecondaryReading> Secondaries, ProbeConnection Connection, KeyTiming? Known);

using KeyRotator.Keys;
using KeyRotator.Providers;
using KeyRotator.Secrets;
using KeyRotator.Stores;

namespace KeyRotator.Validation;

/// <summary>Checks one key: inspects the value that its store gave, probes it, and keeps what was seen without the value.</summary>
internal sealed class KeyChecker(ProviderInstance instance, IKeyProvider provider, CheckEnvironment environment, InstancePacer pacer, ModelDigests digests)
{
    private readonly Fingerprinter _fingerprinter = environment.State.Fingerprinter;

    /// <summary>What is there, and what the provider says of it.</summary>
    public async Task<Observation> CheckAsync(KeyReading reading, CancellationToken cancellationToken)
    {
        var seen = Look(reading);
        if (seen is not { Primary: PrimaryReading.Present, Defect: SecretDefect.None, ForeignFormat: null } || reading.Primary.Secret is not { } secret || !instance.Probe)
        {
            return seen;
        }

        if (await ProbeAsync(secret.Value, reading.Connection, cancellationToken) is not { } result)
        {
            return seen;
        }

        var models = result.Verdict.Models is { } list ? ModelComparison.Compare(reading.Key.Models, list, digests.Of(list)) : null;
        return seen with
        {
            At = result.At,
            Probe = result,
            ExpiresAt = result.Verdict.ExpiresAt ?? (provider as IKeyExpiryReader)?.ReadExpiry(secret.Value),
            Models = models,
        };
    }

    private Observation Look(KeyReading reading)
    {
        var seen = new Observation { Key = reading.Key, At = environment.Time.GetUtcNow(), Secondaries = reading.Secondaries };
        if (reading.Primary.Failure is not null)
        {
            return seen with { Primary = PrimaryReading.Unreadable };
        }

        return reading.Primary.Secret is not { } secret ? seen with { Primary = PrimaryReading.Absent } : seen with
        {
            Primary = PrimaryReading.Present,
            Fingerprint = _fingerprinter.Of(secret.Value),
            StoreVersion = secret.Version?.Id,
            Defect = SecretInspection.Inspect(secret.Value),
            ForeignFormat = FormatMixUp.TitleOf(instance, secret.Value),
        };
    }

    // A provider that asks for a long pause is not waited for: its keys stay due, and the next pass asks again.
    private async Task<ProbeResult?> ProbeAsync(SecretValue value, ProbeConnection connection, CancellationToken cancellationToken)
    {
        using var turn = await pacer.EnterAsync(cancellationToken);
        if (turn is null)
        {
            return null;
        }

        var result = await environment.Validator.ProbeAsync(instance, value, connection, cancellationToken);
        if (result.RetryAt is { } retryAt)
        {
            pacer.PauseUntil(retryAt);
        }

        return result;
    }
}

/// <summary>A key whose value was read and waits for its probe. The one place where a value waits: a bounded queue.</summary>
/// <param name="Key">The inventory's entry.</param>
/// <param name="Primary">What its store gave.</param>
/// <param name="Secondaries">What stands at its other locations.</param>
/// <param name="Connection">Fresh where a rejection waits for confirmation.</param>
internal sealed record KeyReading(ManagedKey Key, StoreReading Primary, IReadOnlyList<SecondaryReading> Secondaries, ProbeConnection Connection);

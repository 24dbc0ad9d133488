using KeyRotator.Secrets;

namespace KeyRotator.Providers;

/// <summary>A vendor that issues keys. Pure: it describes the probe and reads the answer; <c>Validation</c> sends.</summary>
public interface IKeyProvider
{
    /// <summary>The kind that configuration names, lower case, unique.</summary>
    string Kind { get; }

    /// <summary>What is known of the vendor.</summary>
    ProviderProfile Profile { get; }

    /// <summary>The free call that proves a key. The key travels in a header or, where the vendor takes it nowhere else, in the body; never
    /// in the URL.</summary>
    /// <remarks>The value was inspected before: it fits into a header. <see cref="Classify"/> gets the answer.</remarks>
    HttpRequestMessage CreateProbe(SecretValue key, ProviderInstance instance);

    /// <summary>Reads the whole answer. Rejected only for what the vendor documents as a bad key; whatever it does not know is
    /// Inconclusive.</summary>
    ProbeVerdict Classify(ProbeAnswer answer);
}

/// <summary>A provider whose keys carry their own expiry, readable without a call.</summary>
public interface IKeyExpiryReader
{
    /// <summary>First instant at which the key no longer works (UTC), or null where it does not say.</summary>
    DateTimeOffset? ReadExpiry(SecretValue key);
}

/// <summary>A provider that for some instances knows the verdict without a call.</summary>
public interface IUnprobedProvider
{
    /// <summary>The verdict for every key of the instance, or null where a probe is needed.</summary>
    ProbeVerdict? VerdictFor(ProviderInstance instance);
}

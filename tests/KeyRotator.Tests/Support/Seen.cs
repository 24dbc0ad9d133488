using KeyRotator.Keys;
using KeyRotator.Providers;
using KeyRotator.Secrets;
using KeyRotator.Validation;

namespace KeyRotator.Tests.Support;

/// <summary>Builders of observations.</summary>
internal static class Seen
{
    private static readonly Fingerprinter s_fingerprinter = new(new byte[Fingerprinter.SaltLength]);

    public static DateTimeOffset Start { get; } = new(2026, 11, 21, 10, 0, 0, TimeSpan.Zero);

    public static Fingerprint FingerprintOf(string value) => s_fingerprinter.Of(new SecretValue(value));

    public static Observation Value(ManagedKey key, DateTimeOffset at, string value = "one") =>
        new() { Key = key, At = at, Primary = PrimaryReading.Present, Fingerprint = FingerprintOf(value), StoreVersion = "1" };

    public static Observation Answer(ManagedKey key, DateTimeOffset at, ProbeVerdict verdict, string value = "one", int? status = 200) =>
        Value(key, at, value) with { Probe = new ProbeResult(verdict, status, at, null, null) };

    public static Observation Accepted(ManagedKey key, DateTimeOffset at, string value = "one") =>
        Answer(key, at, ProbeVerdict.Ok(), value);

    public static Observation Rejected(ManagedKey key, DateTimeOffset at, string value = "one") =>
        Answer(key, at, ProbeVerdict.Rejected(VerdictReason.Invalid, "invalid_api_key"), value, 401);

    public static Observation Nothing(ManagedKey key, DateTimeOffset at) => new() { Key = key, At = at };

    public static AssessmentContext Context(string kind = "mistral") =>
        new() { Instance = new ProviderInstance { Name = kind, Kind = kind }, IsKnownPlace = true };

    /// <summary>Assesses one observation after the other, each at its own time.</summary>
    public static Assessed Assess(params ReadOnlySpan<Observation> observations) => Assess(Context(), observations);

    public static Assessed Assess(AssessmentContext context, params ReadOnlySpan<Observation> observations)
    {
        Assessed? last = null;
        foreach (var observation in observations)
        {
            last = KeyAssessment.Assess(last?.Status, observation, context, observation.At);
        }

        return last ?? throw new ArgumentException("At least one observation.", nameof(observations));
    }
}

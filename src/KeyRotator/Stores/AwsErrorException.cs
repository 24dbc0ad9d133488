using KeyRotator.Keys;

namespace KeyRotator.Stores;

/// <summary>AWS Secrets Manager answered with an error.</summary>
/// <param name="store">Name of the configured store.</param>
/// <param name="operation">What was tried.</param>
/// <param name="location">Where, or null.</param>
/// <param name="kind">What the error means.</param>
/// <param name="advice">What is wrong and what to do.</param>
internal sealed class AwsErrorException(string store, string operation, SecretLocation? location, AwsErrorKind kind, string advice)
    : SecretStoreException(store, operation, location, kind is AwsErrorKind.Throttled or AwsErrorKind.Server, advice)
{
    /// <summary>What the error means.</summary>
    public AwsErrorKind Kind { get; } = kind;
}

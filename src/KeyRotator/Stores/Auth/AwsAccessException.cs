namespace KeyRotator.Stores.Auth;

/// <summary>No signed call could be made: region, endpoint or credentials are missing. Its message is a sentence of ours.</summary>
/// <param name="advice">What is wrong and what to do.</param>
/// <param name="isTransient">Whether it may work later without anybody changing anything.</param>
internal sealed class AwsAccessException(string advice, bool isTransient) : Exception(advice)
{
    /// <summary>Whether it may work later without anybody changing anything.</summary>
    public bool IsTransient { get; } = isTransient;

    /// <summary>The line of the policy that is missing, where that is the cause; else null.</summary>
    public string? MissingPermission { get; init; }
}

using System.Text.Json;
using KeyRotator.Keys;

namespace KeyRotator.Stores;

/// <summary>One call of AWS Secrets Manager.</summary>
/// <param name="Action">Its name, for example <c>GetSecretValue</c>; the permission it needs is named alike.</param>
/// <param name="Operation">What is tried, for messages.</param>
/// <param name="Location">Where, or null where the whole store is meant.</param>
/// <param name="Write">Writes the members of its body.</param>
internal sealed record AwsCall(string Action, string Operation, SecretLocation? Location, Action<Utf8JsonWriter> Write)
{
    /// <summary>Whether a repeat has the same effect as the call alone.</summary>
    public bool IsRepeatable { get; init; }

    /// <summary>How many bytes of values the body holds: with enough room from the start, no copy of them is left behind.</summary>
    public int ValueLength { get; init; }
}

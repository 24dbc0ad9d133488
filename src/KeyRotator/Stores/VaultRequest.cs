using KeyRotator.Keys;

namespace KeyRotator.Stores;

/// <summary>One call of Vault's API.</summary>
/// <param name="Operation">What is tried, for messages.</param>
/// <param name="Location">Where, or null where the whole store is meant.</param>
/// <param name="Method">The verb; PATCH sends a merge patch.</param>
/// <param name="Path">The path behind <c>/v1/</c>, not escaped.</param>
internal sealed record VaultRequest(string Operation, SecretLocation? Location, HttpMethod Method, string Path)
{
    /// <summary>The query with its question mark, or nothing.</summary>
    public string Query { get; init; } = "";

    /// <summary>JSON to send, or null. Whoever made it clears it.</summary>
    public byte[]? Body { get; init; }

    /// <summary>Whether a repeat has the same effect as the call alone.</summary>
    public bool IsRepeatable { get; init; } = true;

    /// <summary>Whether the call is one of the root namespace, whatever namespace is configured.</summary>
    public bool IsOfRoot { get; init; }

    /// <summary>What the policy must allow on the path.</summary>
    public IReadOnlyList<string> Capabilities { get; init; } = ["read"];
}

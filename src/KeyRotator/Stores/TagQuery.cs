namespace KeyRotator.Stores;

/// <summary>Which secrets are looked for.</summary>
/// <param name="Tag">Name of the tag that they have.</param>
/// <param name="Value">The tag's value, or null for any.</param>
/// <param name="Prefix">Beginning of their names; empty for all.</param>
public sealed record TagQuery(string Tag, string? Value, string Prefix)
{
    /// <summary>Whether a secret with these tags is meant, whatever its name.</summary>
    public bool IsMet(IReadOnlyDictionary<string, string> tags)
    {
        ArgumentNullException.ThrowIfNull(tags);
        return tags.TryGetValue(Tag, out var value) && (Value is null || Value == value);
    }

    /// <summary>Whether a secret is meant.</summary>
    public bool IsMet(ListedSecret secret)
    {
        ArgumentNullException.ThrowIfNull(secret);
        return secret.Name.StartsWith(Prefix, StringComparison.Ordinal) && IsMet(secret.Tags);
    }
}

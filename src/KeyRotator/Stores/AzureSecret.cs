using KeyRotator.Secrets;

namespace KeyRotator.Stores;

/// <summary>A version of a secret without its value.</summary>
/// <param name="Id">32 hex digits; empty in a listing of secrets, which does not tell versions.</param>
internal sealed record AzureVersion(string Id)
{
    /// <summary>The secret's name, as it was made: Key Vault does not tell letters' case apart.</summary>
    public required string Name { get; init; }

    /// <summary>When it was written, to the second.</summary>
    public DateTimeOffset? CreatedAt { get; init; }

    public bool IsEnabled { get; init; } = true;

    /// <summary>Whether it is the private part of a certificate, which Key Vault itself writes.</summary>
    public bool IsManaged { get; init; }

    public string? ContentType { get; init; }

    public DateTimeOffset? NotBefore { get; init; }

    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>All tags, also this program's own.</summary>
    public required IReadOnlyDictionary<string, string> Tags { get; init; }
}

/// <summary>A deleted secret.</summary>
/// <param name="Newest">Its newest version.</param>
internal sealed record AzureDeleted(AzureVersion Newest)
{
    /// <summary>Whether it may be destroyed before its time: not where the vault or its subscription has purge protection.</summary>
    public required bool IsPurgeable { get; init; }

    /// <summary>When Key Vault itself destroys it (UTC).</summary>
    public DateTimeOffset? KeptUntil { get; init; }

    /// <summary>Whether this program began its removal, and nobody added a version since.</summary>
    public bool IsOurs => AzureMark.RemovedAt(Newest) == Newest.Id;
}

/// <summary>A version with its value.</summary>
internal sealed class AzureSecret(AzureVersion version, SecretValue value)
{
    public AzureVersion Version { get; } = version;

    public SecretValue Value { get; } = value;

    /// <summary>The value at a location; null where it has no such field.</summary>
    /// <exception cref="SecretStoreException">The secret is no JSON object, or the field no text.</exception>
    public StoredSecret? Read(Keys.SecretLocation location)
    {
        var text = location.Field is null ? Value : JsonFields.Read(Value, location);
        return text is null ? null : new StoredSecret(text, new SecretVersion(Version.Id)) { WrittenAt = Version.CreatedAt };
    }
}

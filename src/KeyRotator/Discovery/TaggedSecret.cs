using KeyRotator.Configuration;
using KeyRotator.Keys;
using KeyRotator.Providers;
using KeyRotator.Stores;

namespace KeyRotator.Discovery;

/// <summary>What the tags of one secret say. Pure.</summary>
internal sealed record TaggedSecret
{
    private static readonly string[] s_none = [];

    /// <summary>The secret's name, as the store gave it.</summary>
    public required string Name { get; init; }

    /// <summary>Where the key is, or null where that cannot be known.</summary>
    public SecretLocation? Location { get; init; }

    /// <summary>The provider instance that a tag names, or null where none does, or none that is configured.</summary>
    public string? Provider { get; init; }

    /// <summary>Whether no tag names a provider, so that the value's format may tell it.</summary>
    public bool IsProviderMissing { get; init; }

    /// <summary>The environment, or null.</summary>
    public string? Environment { get; init; }

    /// <summary>Who answers for it, or null.</summary>
    public string? Owner { get; init; }

    /// <summary>The expiry, or null.</summary>
    public ExpiryStatement? Expires { get; init; }

    /// <summary>What is wrong with the tags, a few words each.</summary>
    public IReadOnlyList<string> Faults { get; init; } = s_none;

    /// <summary>Reads a secret's tags.</summary>
    /// <param name="store">The store.</param>
    /// <param name="names">What the tags are called.</param>
    /// <param name="secret">The secret.</param>
    /// <param name="providers">The configured provider instances.</param>
    public static TaggedSecret Read(
        string store, TagNames names, ListedSecret secret, IReadOnlyDictionary<string, ProviderInstance> providers)
    {
        var faults = new List<string>();
        var isNamed = TagText.IsName(secret.Name);
        if (!isNamed)
        {
            faults.Add("its name is too long or has characters that cannot be shown");
        }

        var field = Text(secret, names.Field, faults);
        var isPlaced = isNamed && (field is not null || Tag(secret, names.Field) is null);
        return new()
        {
            Name = secret.Name,
            Location = isPlaced ? new() { Store = store, Name = secret.Name, Field = field } : null,
            Provider = Instance(secret, names.Provider, providers, faults),
            IsProviderMissing = Tag(secret, names.Provider) is null,
            Environment = Text(secret, names.Environment, faults),
            Owner = Text(secret, names.Owner, faults),
            Expires = Expiry(secret, names.Expires, faults),
            Faults = faults,
        };
    }

    // Labels are in lower case in some stores: a name is taken in any case where it then means one instance.
    private static string? Instance(
        ListedSecret secret, string name, IReadOnlyDictionary<string, ProviderInstance> providers, List<string> faults)
    {
        if (Tag(secret, name) is not { } named || providers.ContainsKey(named))
        {
            return Tag(secret, name);
        }

        var alike = providers.Keys.Where(instance => instance.Equals(named, StringComparison.OrdinalIgnoreCase)).Take(2).ToList();
        if (alike is [var only])
        {
            return only;
        }

        faults.Add($"{name} `{TagText.Show(named)}` is no configured provider instance or kind");
        return null;
    }

    private static ExpiryStatement? Expiry(ListedSecret secret, string name, List<string> faults)
    {
        if (Tag(secret, name) is not { } text)
        {
            return null;
        }

        if (!ExpiryStatements.TryParse(text, out var statement))
        {
            faults.Add($"{name} `{TagText.Show(text)}` is no date such as 2027-01-31");
        }

        return statement;
    }

    private static string? Text(ListedSecret secret, string name, List<string> faults)
    {
        if (Tag(secret, name) is not { } text)
        {
            return null;
        }

        if (TagText.IsFit(text))
        {
            return text;
        }

        faults.Add($"{name} is too long or has characters that cannot be shown");
        return null;
    }

    private static string? Tag(ListedSecret secret, string name) =>
        secret.Tags.GetValueOrDefault(name) is { } text && !string.IsNullOrWhiteSpace(text) ? text.Trim() : null;
}

using KeyRotator.Configuration.Shapes;

namespace KeyRotator.Configuration;

/// <summary>What a store says of discovery.</summary>
internal sealed class DiscoverDraft
{
    /// <summary>The member <c>discover</c>.</summary>
    public static ObjectShape<DiscoverDraft> Shape { get; } = new ObjectShape<DiscoverDraft>("discover", static _ => new())
        .Required("tag", "Name of the tag that the secrets have: a label in GCP and Kubernetes, an entry of custom metadata in Vault.",
            Values.Text.Located(), static (discover, tag) => discover.Tag = tag)
        .Optional("value", "The tag's value. Default: any.", Values.Text.Located(), static (discover, value) => discover.Value = value)
        .Optional("prefix", "Beginning of the secrets' names. Default: all.",
            Values.Text, static (discover, prefix) => discover.Prefix = prefix)
        .Optional("every", "Least time between two listings. Default 15m.",
            Values.Duration(TimeSpan.FromMinutes(1)), static (discover, every) => discover.Every = every);

    public Located<string>? Tag { get; private set; }

    public Located<string>? Value { get; private set; }

    public string? Prefix { get; private set; }

    public TimeSpan? Every { get; private set; }

    /// <summary>The settings.</summary>
    public DiscoverSettings Build() => new()
    {
        Tag = Tag!.Value.Value,
        Value = Value?.Value,
        Prefix = Prefix,
        Every = Every ?? DiscoverSettings.DefaultEvery,
    };
}

namespace KeyRotator.Stores;

/// <summary>A secret's labels and annotations as tags. Written are annotations only: labels take few letters.</summary>
internal static class GcpTags
{
    /// <summary>Labels and annotations, those of this program left out.</summary>
    public static IReadOnlyDictionary<string, string> Of(GcpSecret secret)
    {
        var tags = new Dictionary<string, string>(secret.Labels, StringComparer.Ordinal);
        foreach (var (key, value) in secret.Annotations.Where(entry => !GcpMarks.IsReserved(entry.Key)))
        {
            tags[key] = value;
        }

        return tags;
    }

    /// <summary>The secret with annotations set, or removed where the value is null.</summary>
    public static GcpSecret In(GcpSecret secret, IReadOnlyDictionary<string, string?> tags)
    {
        var annotations = secret.Annotations.Where(entry => !tags.ContainsKey(entry.Key)).ToDictionary(StringComparer.Ordinal);
        foreach (var (key, value) in tags.Where(tag => tag.Value is not null))
        {
            annotations[key] = value!;
        }

        return secret with { Annotations = annotations };
    }
}

using KeyRotator.Secrets;

namespace KeyRotator.Providers;

/// <summary>Recognises a key by its shape.</summary>
internal static class KeyFormats
{
    /// <summary>Name of the first format that the key matches, or null.</summary>
    public static string? NameOf(IReadOnlyList<KeyFormat> formats, SecretValue key)
    {
        for (var index = 0; index < formats.Count; index++)
        {
            if (formats[index].Pattern.IsMatch(key.Reveal()))
            {
                return formats[index].Name;
            }
        }

        return null;
    }
}

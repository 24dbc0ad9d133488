using KeyRotator.Configuration.Shapes;

namespace KeyRotator.Configuration;

/// <summary>One file of the configuration.</summary>
/// <param name="Name">As the user named it.</param>
/// <param name="FullPath">Absolute.</param>
internal sealed record SettingsFile(string Name, string FullPath)
{
    /// <summary>The largest file: some 200,000 keys.</summary>
    public const int MaxLength = 64 * 1024 * 1024;

    /// <summary>The folder that relative paths in it start from.</summary>
    public string Folder => Path.GetDirectoryName(FullPath) ?? "/";

    /// <summary>The files of a path: itself, or, of a folder, its <c>*.yaml</c> and <c>*.yml</c> in ordinal order. Hidden ones are left
    /// out.</summary>
    /// <exception cref="IOException">The folder cannot be listed.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder cannot be listed.</exception>
    public static IReadOnlyList<SettingsFile> Under(string path)
    {
        IEnumerable<string> files = Directory.Exists(path) ? Directory.EnumerateFiles(path).Where(IsSettings) : [path];
        return [.. files.Order(StringComparer.Ordinal).Select(file => new SettingsFile(file, Path.GetFullPath(file)))];
    }

    /// <summary>Its bytes, or why they cannot be had.</summary>
    public FileContent Read() => FileContent.Read(FullPath, MaxLength);

    private static bool IsSettings(string file) =>
        Path.GetExtension(file) is ".yaml" or ".yml" && !Path.GetFileName(file).StartsWith('.');
}

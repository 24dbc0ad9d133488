using KeyRotator.Configuration;
using Shouldly;

namespace KeyRotator.Tests.Configuration;

/// <summary>A folder of configuration files, gone at the end of the test.</summary>
internal sealed class SettingsFolder : IDisposable
{
    public SettingsFolder() => Path = Directory.CreateTempSubdirectory("keyrotator-").FullName;

    public static SettingsCatalogue Catalogue { get; } = new(
        [
            new("mistral", false, false, TimeSpan.FromSeconds(30)),
            new("openai", false, false, TimeSpan.FromSeconds(30)),
            new("cohere", false, false, TimeSpan.FromHours(6)),
            new("azure-openai", true, false, TimeSpan.FromSeconds(30)),
            new("openai-compatible", true, false, TimeSpan.FromSeconds(30)),
            new("bedrock", false, true, TimeSpan.FromSeconds(30)),
        ],
        ["env", "file"],
        ["webhook", "slack", "teams", "pagerduty", "opsgenie"]);

    public string Path { get; }

    public Dictionary<string, string> Environment { get; } = new(StringComparer.Ordinal);

    /// <summary>Loads one document, which is deleted at once.</summary>
    public static LoadResult LoadText(string yaml, params (string Name, string Value)[] environment)
    {
        using var folder = new SettingsFolder();
        foreach (var (name, value) in environment)
        {
            folder.Environment[name] = value;
        }

        return folder.Load(folder.Write("keyrotator.yaml", yaml));
    }

    /// <summary>Loads one document that must be good.</summary>
    public static Settings Good(string yaml, params (string Name, string Value)[] environment)
    {
        var result = LoadText(yaml, environment);
        result.Faults.ShouldBeEmpty();
        return result.Settings.ShouldNotBeNull();
    }

    public string Write(string name, string text)
    {
        var path = System.IO.Path.Combine(Path, name);
        File.WriteAllText(path, text);
        return path;
    }

    public string Write(string name, byte[] content)
    {
        var path = System.IO.Path.Combine(Path, name);
        File.WriteAllBytes(path, content);
        return path;
    }

    public LoadResult Load(string path) => SettingsLoader.Load(path, name => Environment.GetValueOrDefault(name), Catalogue);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}

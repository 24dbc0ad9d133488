using System.Globalization;

namespace KeyRotator.Benchmarks;

/// <summary>The configuration of keys that all stand in one AWS account.</summary>
internal static class StoreFolder
{
    /// <summary>A secret's name, and its key's.</summary>
    public static string Name(int number) => string.Create(CultureInfo.InvariantCulture, $"key-{number:D7}");

    /// <summary>Writes <c>keyrotator.yaml</c>.</summary>
    public static async Task WriteAsync(string folder, string vendor, string aws, int keys)
    {
        await using var file = new StreamWriter(PreparedFolder.ConfigurationIn(folder));
        await file.WriteAsync($$"""
            database: sqlite:keyrotator.db
            stores:
              aws: { kind: aws, region: {{StoreStub.Region}}, endpoint: "{{aws}}" }
            providers:
              {{PreparedFolder.Provider}}: { kind: openai-compatible, baseUrl: "{{vendor}}" }
            keys:

            """);
        foreach (var name in Enumerable.Range(1, keys).Select(Name))
        {
            await file.WriteLineAsync($"  {name}: {{ provider: {PreparedFolder.Provider}, locations: [{{ store: aws, name: {name} }}] }}");
        }
    }
}

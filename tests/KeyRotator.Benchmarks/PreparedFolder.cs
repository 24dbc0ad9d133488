using System.Globalization;
using System.Security.Cryptography;
using KeyRotator.Keys;
using KeyRotator.Secrets;
using KeyRotator.Stores;

namespace KeyRotator.Benchmarks;

/// <summary>A folder with all that a sweep needs: <c>keyrotator.yaml</c>, its file store, its key file.</summary>
/// <remarks>Written by a process of its own, or its cost would be in the sweep's peak. The database comes with the first sweep.</remarks>
internal static class PreparedFolder
{
    public const string Verb = "--prepare";

    /// <summary>The instance that all keys are of.</summary>
    public const string Provider = "stub";

    private const string StoreName = "local";
    private const string StoreFile = "secrets.enc";
    private const string KeyFile = "store.key";

    public static string ConfigurationIn(string folder) => Path.Combine(folder, "keyrotator.yaml");

    /// <summary>Has another process write it.</summary>
    public static async Task CreateAsync(string folder, string url, int keys)
    {
        await using var process = ChildProgram.Self(Verb, "--folder", folder, "--url", url, "--keys", $"{keys}");
        await process.ReadLineAsync();
    }

    public static async Task<int> RunAsync(BenchmarkOptions options)
    {
        var folder = options.Text("folder")!;
        var keys = options.Number("keys", 0);
        await WriteConfigurationAsync(folder, options.Text("url")!, keys);
        await WriteStoreAsync(folder, keys);
        Console.WriteLine("prepared");
        return 0;
    }

    private static async Task WriteConfigurationAsync(string folder, string url, int keys)
    {
        await using var file = new StreamWriter(ConfigurationIn(folder));
        await file.WriteAsync($$"""
            database: sqlite:keyrotator.db
            stores:
              {{StoreName}}: { kind: file, path: {{StoreFile}}, keyFile: {{KeyFile}} }
            providers:
              {{Provider}}: { kind: openai-compatible, baseUrl: "{{url}}" }
            keys:

            """);
        for (var number = 1; number <= keys; number++)
        {
            var name = Name(number);
            await file.WriteLineAsync($"  {name}: {{ provider: {Provider}, locations: [{{ store: {StoreName}, name: {name} }}] }}");
        }
    }

    private static async Task WriteStoreAsync(string folder, int keys)
    {
        var keyFile = Path.Combine(folder, KeyFile);
        await File.WriteAllBytesAsync(keyFile, RandomNumberGenerator.GetBytes(32));
        File.SetUnixFileMode(keyFile, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        var store = new FileStore(StoreName, Path.Combine(folder, StoreFile), FileStoreKey.FromKeyFile(keyFile), TimeProvider.System);
        await store.WriteManyAsync([.. Enumerable.Range(1, keys).Select(Write)], CancellationToken.None);
    }

    private static SecretWrite Write(int number) =>
        new(new SecretLocation { Store = StoreName, Name = Name(number) }, new SecretValue(BenchKeys.Create(number)), null, Guid.NewGuid());

    private static string Name(int number) => string.Create(CultureInfo.InvariantCulture, $"key-{number:D7}");
}

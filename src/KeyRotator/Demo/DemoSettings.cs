using System.Globalization;
using System.Text;
using KeyRotator.Configuration;

namespace KeyRotator.Demo;

/// <summary>The demo's configuration: a file as an operator would write it, read by the loader that reads theirs.</summary>
internal static class DemoSettings
{
    private const string StoreKey = "store.key";
    private const string SecondStoreKey = "second.key";
    private const string WebhookSecret = "DEMO_WEBHOOK_SECRET";

    /// <summary>The store that holds the keys.</summary>
    public const string Store = "local";

    /// <summary>Another one, for a key that stands in two.</summary>
    public const string SecondStore = "second";

    /// <summary>Writes the file and loads it.</summary>
    /// <exception cref="DemoException">The loader refuses it.</exception>
    public static Settings Load(
        DemoFolder folder, ProviderEmulator emulator, WebhookReceiver receiver, TimeSpan confirmAfter, DateTimeOffset now)
    {
        folder.WriteStoreKey(StoreKey);
        folder.WriteStoreKey(SecondStoreKey);
        var path = folder.Write("keyrotator.yaml", Text(emulator, receiver, confirmAfter, now));
        var result = SettingsLoader.Load(path, name => name == WebhookSecret ? receiver.Secret : null);
        return result.Settings ?? throw new DemoException($"its configuration is refused: {result.Faults[0]}");
    }

    private static string Text(ProviderEmulator emulator, WebhookReceiver receiver, TimeSpan confirmAfter, DateTimeOffset now)
    {
        var text = new StringBuilder().Append(CultureInfo.InvariantCulture, $$"""
            database: sqlite:keyrotator.db
            defaults: { confirmAfter: {{confirmAfter.TotalSeconds}}s }
            stores:
              {{Store}}: { kind: file, path: secrets.enc, keyFile: {{StoreKey}} }
              {{SecondStore}}: { kind: file, path: second.enc, keyFile: {{SecondStoreKey}} }
            alerts:
              channels:
                ops: { kind: webhook, url: "{{receiver.Url}}", secret: "${{{WebhookSecret}}}" }
            providers:

            """);
        foreach (var provider in DemoCast.Keys.Select(key => key.Provider).Distinct())
        {
            text.Append(CultureInfo.InvariantCulture, $"  {provider}: {{ baseUrl: \"{emulator.BaseUrl(provider)}\" }}\n");
        }

        text.Append("keys:\n");
        foreach (var key in DemoCast.Keys)
        {
            var places = string.Join(", ", key.Stores.Select(store => $"{{ store: {store}, name: {key.Secret} }}"));
            text.Append(CultureInfo.InvariantCulture, $$"""
                  {{key.Id}}:
                    provider: {{key.Provider}}
                    environment: prod
                    owner: {{key.Owner}}
                    expires: {{now.AddDays(key.DaysLeft):yyyy-MM-dd}}
                    locations: [{{places}}]

                """);
        }

        return text.ToString();
    }
}

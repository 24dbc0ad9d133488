using System.Text.RegularExpressions;
using KeyRotator.Configuration;
using KeyRotator.Tests.Support;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Configuration;

/// <summary>What readers copy must load: every YAML block of the README, and the shapes that documents promise.</summary>
public sealed partial class PublishedExamplesTests
{
    private const string Design = """
        database: sqlite:keyrotator.db
        defaults:
          { checkEvery: 15m, confirmAfter: 5s, unverifiedAfter: 24h, rotateEvery: 90d, rotateBefore: 14d, warnBefore: [30d, 14d, 7d, 3d, 1d, 0d],
            grace: 24h, retireWithin: 7d, purge: false, approvals: 0, repeatEvery: { critical: 4h, warning: 24h } }
        stores:
          local:      { kind: file, path: secrets.enc, passphrase: "${KEYROTATOR_PASSPHRASE}" }   # embedded default, AES-256-GCM, keeps 10 versions
          env:        { kind: env }                                                               # read-only: MISTRAL_API_KEY and its like
        providers:
          mistral:  { requestsPerMinute: 600 }                                                    # all optional
          azure-eu: { kind: azure-openai, endpoint: "https://acme-eu.openai.azure.com" }
          gateway:  { kind: openai-compatible, baseUrl: "https://llm.example/v1" }                # base URLs as that vendor's SDK takes them
        keys:
          mistral-prod-backend:
            provider: mistral
            environment: prod
            owner: team-search
            expires: 2027-01-31
            models: [mistral-small-2603]
            locations:
              - { store: local, name: prod/llm, field: MISTRAL_API_KEY }
              - { store: env, name: MISTRAL_API_KEY }
        alerts:
          channels:
            ops:   { kind: slack, url: "${SLACK_WEBHOOK_URL}" }
            audit: { kind: webhook, url: "https://ops.example/hook", secret: "${WEBHOOK_SECRET}" }   # Standard Webhooks signature
          routes:
            - { match: { environment: prod, severity: critical }, channels: [ops, audit] }
            - { channels: [audit] }
        """;

    [Fact]
    public void Load_TheDesignsExample_IsTaken() => Load(Design).Faults.ShouldBeEmpty();

    [Fact]
    public void Load_TheReadmesBlocks_AreTaken()
    {
        var blocks = Blocks(Path.Combine(Repository.Root, "README.md")).ToList();

        blocks.ShouldNotBeEmpty();
        blocks.SelectMany(yaml => Load(yaml).Faults).ShouldBeEmpty();
    }

    private static LoadResult Load(string yaml)
    {
        using var folder = new SettingsFolder();
        return SettingsLoader.Load(folder.Write("keyrotator.yaml", yaml), ValueOf);
    }

    private static string? ValueOf(string name) => name switch
    {
        "KEYROTATOR_DATABASE" => null,
        _ when name.EndsWith("URL", StringComparison.Ordinal) => "https://hooks.example/x",
        _ when name.EndsWith("SECRET", StringComparison.Ordinal) => "whsec_" + Convert.ToBase64String(new byte[32]),
        _ when name.EndsWith("ROUTING_KEY", StringComparison.Ordinal) => new string('0', 32),
        _ => "anything",
    };

    private static IEnumerable<string> Blocks(string file) =>
        Block().Matches(File.ReadAllText(file)).Select(match => match.Groups[1].Value);

    [GeneratedRegex(@"^```yaml\n(.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Block();
}

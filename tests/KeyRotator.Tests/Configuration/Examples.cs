namespace KeyRotator.Tests.Configuration;

/// <summary>Documents that more than one test needs.</summary>
internal static class Examples
{
    /// <summary>A key that nothing is wrong with.</summary>
    public const string Small = """
        stores: { env: { kind: env } }
        keys:
          mistral-prod: { provider: mistral, locations: [{ store: env, name: MISTRAL_API_KEY }] }
        alerts: { channels: { ops: { kind: webhook, url: "https://ops.example/hook" } } }
        """;

    /// <summary>Everything that this version knows, after the design's example.</summary>
    public const string Full = """
        database: sqlite:keyrotator.db
        defaults:
          { checkEvery: 15m, confirmAfter: 5s, unverifiedAfter: 24h, rotateEvery: 90d, rotateBefore: 14d, warnBefore: [30d, 14d, 7d, 3d, 1d, 0d],
            grace: 24h, retireWithin: 7d, purge: false, approvals: 0, repeatEvery: { critical: 4h, warning: 24h } }
        stores:
          local: { kind: file, path: secrets.enc, passphrase: "${KEYROTATOR_PASSPHRASE}" }
          spare: { kind: file, path: /var/lib/spare.enc, keyFile: spare.key }
          env:   { kind: env }
        providers:
          mistral:  { requestsPerMinute: 600 }
          azure-eu: { kind: azure-openai, endpoint: "https://acme-eu.openai.azure.com" }
          gateway:
            kind: openai-compatible
            baseUrl: "https://llm.example/v1"
            headers: { x-team: search }
            organization: acme
            project: 12345
            checkEvery: 1h
            control: off
            probe: none
            allowInsecure: false
          us: { kind: bedrock, region: us-east-1 }
        keys:
          mistral-prod-backend:
            provider: mistral
            environment: prod
            owner: team-search
            labels: { tier: 1, cost-center: "4711" }
            expires: 2027-01-31
            models: [mistral-small-2603]
            severity: { KeyRestricted: info }
            suspended: false
            checkEvery: 30m
            warnBefore: [10d, 0d]
            watchForeign: false
            locations:
              - { store: local, name: prod/llm, field: MISTRAL_API_KEY }
              - { store: spare, name: llm/mistral, field: api_key, follows: 30m }
            holding: { store: local, name: prod/llm-next, field: NEXT }
            previous: { store: spare, name: llm/mistral-old }
          azure: { provider: azure-eu, expires: 2027-01-31@3f2a9c01b7de, locations: [{ store: env, name: AZURE_OPENAI_API_KEY }] }
          gateway: { provider: gateway, locations: [{ store: env, name: LITELLM_KEY }] }
          bedrock: { provider: us, locations: [{ store: env, name: AWS_BEARER_TOKEN_BEDROCK }] }
        alerts:
          channels:
            ops:   { kind: webhook, url: "${OPS_URL}" }
            audit: { kind: webhook, url: "https://ops.example/hook", secret: "${WEBHOOK_SECRET}", allowInsecure: false }
          routes:
            - { match: { environment: prod, severity: critical, provider: mistral, owner: team-search, reason: KeyRejected }, channels: [ops, audit] }
            - match: { environment: [prod, "pr*"], severity: [info, warning], store: local, labels: { tier: [1, "1*"], cost-center: "47*" } }
              channels: [audit]
              continue: true
              groupBy: [owner]
              groupWait: 0s
              digest: weekly
              digestAt: 09:30
            - { channels: [ops, audit], groupBy: [], groupInterval: 1h }
          owners: { team-search: ops, "team-*": [ops, audit] }
          runbook: "https://docs.example/runbooks/{reason}#{owner}"
          groupBy: [provider, environment]
          groupWait: 1m
          groupInterval: 10m
        """;

    /// <summary>What <see cref="Full"/> takes from the environment.</summary>
    public static (string Name, string Value)[] Environment { get; } =
    [
        ("KEYROTATOR_PASSPHRASE", "correct horse"),
        ("OPS_URL", "https://chat.example/services/T0/B0?x=1"),
        ("WEBHOOK_SECRET", "whsec_" + Convert.ToBase64String(new byte[32])),
    ];
}

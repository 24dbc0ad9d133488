using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Configuration;

/// <summary>Routes that can never match because of the file alone are refused.</summary>
public sealed class RouteReachTests
{
    /// <summary>An earlier route's members, a later one's, and whether the later can never match.</summary>
    public static TheoryData<string, string, bool> Pairs { get; } = new()
    {
        { "channels: [a, b]", "channels: [b]", true },
        { "channels: [a, b]", "match: { environment: prod }, channels: [b]", true },
        { "channels: [a, b], continue: true", "channels: [b]", false },
        { "channels: [a]", "channels: [b]", false }, // that alerts do not reach `a` is told to `b`
        { "channels: [a]", "channels: [a]", true },
        { "channels: [a]", "match: { environment: prod }, channels: [b]", true }, // a channel has no environment
        { "channels: [a, b]", "match: { severity: info }, channels: [b]", false },
        { "match: { severity: [critical, warning, info] }, channels: [a, b]", "match: { reason: ExpiryUnknown, severity: info }, channels: [b]", true },
        { "match: { severity: critical }, channels: [a, b]", "match: { reason: KeyRejected }, channels: [b]", true }, // it is never less
        { "match: { severity: critical }, channels: [a, b]", "match: { reason: KeyExpiring }, channels: [b]", false },
        { "match: { severity: critical }, channels: [a, b]", "match: { reason: KeyExpired }, channels: [b]", false }, // a key makes it a warning
        { "match: { reason: [KeyRejected, KeyExpired] }, channels: [a, b]", "match: { reason: KeyExpired }, channels: [b]", true },
        { "match: { reason: KeyExpired }, channels: [a, b]", "match: { reason: [KeyRejected, KeyExpired] }, channels: [b]", false },
        { "match: { environment: [prod, dev] }, channels: [a, b]", "match: { environment: PROD }, channels: [b]", true },
        { "match: { environment: \"eu-*\" }, channels: [a, b]", "match: { environment: [eu-west, \"EU-n*\"] }, channels: [b]", true },
        { "match: { environment: \"eu-*\" }, channels: [a, b]", "match: { environment: \"eu*\" }, channels: [b]", false },
        { "match: { environment: eu }, channels: [a, b]", "match: { environment: \"eu*\" }, channels: [b]", false },
        { "match: { environment: prod }, channels: [a, b]", "channels: [b]", false },
        { "match: { owner: x }, channels: [a, b]", "match: { environment: prod }, channels: [b]", false },
        { "match: { labels: { tier: [1, 2] } }, channels: [a, b]", "match: { labels: { TIER: 1, team: x } }, channels: [b]", true },
        { "match: { labels: { tier: 1, team: x } }, channels: [a, b]", "match: { labels: { tier: 1 } }, channels: [b]", false },
        { "match: { provider: [mistral, openai] }, channels: [a, b]", "match: { provider: Mistral, store: s }, channels: [b]", true },
        { "match: { store: s }, channels: [a, b]", "match: { provider: mistral }, channels: [b]", false },
    };

    /// <summary>What a route asks for, and what is said; null where it can match.</summary>
    public static TheoryData<string, string?> Alone { get; } = new()
    {
        { "reason: ExpiryUnknown", "`ExpiryUnknown` is info, and the route asks for warning and critical: this route can never match without `severity: info`" },
        { "reason: ExpiryUnknown, severity: info", null },
        { "reason: [ExpiryUnknown, KeyExpired]", null }, // the second can
        { "reason: KeyRejected, severity: warning", "`KeyRejected` is critical, and the route asks for warning: this route can never match unless a key's own `severity` says so" },
        { "reason: KeyExpired, severity: warning", null }, // a key says so
        { "reason: KeyRestricted, severity: info", null }, // an environment says so
        { "reason: AccountBlocked, severity: info", null }, // the defaults say so
        { "reason: ProviderOutage, severity: info", "`ProviderOutage` is warning or critical, and the route asks for info: this route can never match" },
        { "reason: AuditBroken, environment: prod", "`AuditBroken` is about the audit, which has no environment: this route can never match" },
        { "reason: ProviderOutage, provider: mistral, owner: x, labels: { a: b }", "`ProviderOutage` is about a provider instance, which has no owner, labels: this route can never match" },
        { "reason: ProviderOutage, provider: mistral", null },
        { "reason: StoreUnavailable, store: s", null },
        { "reason: StoreUnavailable, provider: mistral", "`StoreUnavailable` is about a store, which has no provider: this route can never match" },
        { "reason: [AuditBroken, KeyRejected], environment: prod", null }, // keys have one
    };

    [Theory]
    [MemberData(nameof(Pairs))]
    public void Load_RouteBehindAnother_IsRefusedWhereItCanNeverMatch(string earlier, string later, bool isRefused)
    {
        var faults = Faults($"    - {{ {earlier} }}\n    - {{ {later} }}\n    - {{ match: {{ severity: info }}, channels: [a, b] }}")
            .Where(fault => fault.Path == "alerts.routes[1]").ToList();

        faults.Count.ShouldBe(isRefused ? 1 : 0);
        faults.ShouldAllBe(fault => fault.Message.StartsWith("this route can never match: alerts.routes[0], at ")
            && fault.Message.EndsWith(":11:7, takes all that it asks for; move it up, or say `continue: true` there"));
    }

    [Theory]
    [MemberData(nameof(Alone))]
    public void Load_RouteThatAsksForWhatCannotBe_IsRefusedAtItsReason(string match, string? message)
    {
        var faults = Faults($"    - {{ match: {{ {match} }}, channels: [a, b] }}");

        faults.Select(fault => (fault.Path, fault.Message))
            .ShouldBe(message is null ? [] : [("alerts.routes[0].match.reason", message)]);
    }

    [Fact]
    public void Load_RouteWithAFault_HidesNoOther() =>
        Faults("    - { match: { environmnt: prod }, channels: [a, b] }\n    - { channels: [b] }").ShouldHaveSingleItem()
            .Path.ShouldBe("alerts.routes[0].match");

    private static IReadOnlyList<KeyRotator.Configuration.ConfigurationFault> Faults(string routes) => SettingsFolder.LoadText($$"""
        stores: { s: { kind: env } }
        defaults: { severity: { AccountBlocked: info } }
        environments: { prod: { severity: { KeyRestricted: info } } }
        keys:
          x: { provider: mistral, severity: { KeyExpired: warning }, locations: [{ store: s, name: A }] }
        alerts:
          channels:
            a: { kind: webhook, url: "https://h" }
            b: { kind: webhook, url: "https://h" }
          routes:
        {{routes}}
        """).Faults;
}

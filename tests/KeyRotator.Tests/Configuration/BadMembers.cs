using Xunit;

namespace KeyRotator.Tests.Configuration;

/// <summary>Documents with one bad member: the document, the fault's path, and what its message must hold. One row a rule.</summary>
internal static class BadMembers
{
    /// <summary>A member's name, kind, presence, word or form is wrong: binder and JSON Schema refuse these alike.</summary>
    public static TheoryData<string, string, string> Structural { get; } = new()
    {
        { "colour: red", "", "`colour` is not a member here: known are database, defaults, environments, operators, stores, providers, keys, alerts" },
        { "databse: x", "", "did you mean `database`?" },
        { "database:", "database", "a member without value stands where" },
        { "database: [x]", "database", "a list stands where" },
        { "database: postgres://u:p@h/d", "database", "this version keeps state in SQLite, not in PostgreSQL" },
        { "database: Host=db;Password=p", "database", "this version keeps state in SQLite, not in PostgreSQL" },
        { "database: mysql", "database", "is not `sqlite:PATH`" },
        { "defaults: { <<: { purge: true } }", "defaults", "merge keys" },
        { "defaults: { checkEvery: 15 }", "defaults.checkEvery", "`15` is not a duration such as `30s`, `15m`, `24h` or `90d`" },
        { "defaults: { checkEvery: -15m }", "defaults.checkEvery", "`-15m` is not a duration" },
        { "defaults: { checkEvery: 0s }", "defaults.checkEvery", "`0s` is not a duration" },
        { "defaults: { checkEvery: 1h30m }", "defaults.checkEvery", "is not a duration" },
        { "defaults: { warnBefore: [12h] }", "defaults.warnBefore[0]", "whole days" },
        { "defaults: { warnBefore: [] }", "defaults.warnBefore", "at least 1 is needed" },
        { "defaults: { purge: yes }", "defaults.purge", "`yes` is not `true` or `false`" },
        { "defaults: { purge: \"true\" }", "defaults.purge", "write it without quotes" },
        { "defaults: { approvals: 2 }", "defaults.approvals", "a whole number from 0 to 1" },
        { "defaults: { approvals: 0.5 }", "defaults.approvals", "a whole number from 0 to 1" },
        { "defaults: { approvals: \"1\" }", "defaults.approvals", "write it without quotes" },
        { "defaults: { severity: { KeyRejcted: info } }", "defaults.severity.KeyRejcted", "did you mean `KeyRejected`?" },
        { "defaults: { severity: { KeyRejected: fatal } }", "defaults.severity.KeyRejected", "`fatal` is not `info` or `warning` or `critical`" },
        { "stores: { a: { path: x } }", "stores.a", "needs a `kind`: known are env, file" },
        { "stores: { a: { kind: fil } }", "stores.a", "did you mean `file`?" },
        { "stores: { a: { kind: env, path: x } }", "stores.a", "`path` is not a member here" },
        { "stores: { a: { kind: file, path: x } }", "stores.a", "exactly one of `passphrase` and `keyFile`" },
        { "stores: { a: { kind: file, path: x, passphrase: p, keyFile: k } }", "stores.a", "exactly one of `passphrase` and `keyFile`" },
        { "stores: { a: { kind: file, passphrase: p } }", "stores.a", "`path` is missing" },
        { "stores: { \"a b\": { kind: env } }", "stores.a b", "`a b` is not a name" },
        { "providers: { a: { kind: mistal } }", "providers.a.kind", "did you mean `mistral`?" },
        { "providers: { mistral: { baseUrl: \"https://h\", endpoint: \"https://h\" } }", "providers.mistral", "`baseUrl` and `endpoint` are not given together" },
        { "providers: { mistral: { baseUrl: \"https://u:p@h\" } }", "providers.mistral.baseUrl", "without user info" },
        { "providers: { mistral: { baseUrl: \"https://h?key=1\" } }", "providers.mistral.baseUrl", "without user info, query" },
        { "providers: { mistral: { baseUrl: \"https://h#f\" } }", "providers.mistral.baseUrl", "without user info, query" },
        { "providers: { mistral: { baseUrl: h.example/v1 } }", "providers.mistral.baseUrl", "`h.example/v1` is not an absolute http(s) URL" },
        { "providers: { mistral: { baseUrl: \"ftp://h\" } }", "providers.mistral.baseUrl", "is not an absolute http(s) URL" },
        { "providers: { mistral: { headers: { Authorization: x } } }", "providers.mistral.headers.Authorization", "no secret goes into one" },
        { "providers: { mistral: { headers: { X-Goog-Api-Key: x } } }", "providers.mistral.headers.X-Goog-Api-Key", "no secret goes into one" },
        { "providers: { mistral: { headers: { Content-Length: 1 } } }", "providers.mistral.headers.Content-Length", "frames the request" },
        { "providers: { mistral: { requestsPerMinute: 0 } }", "providers.mistral.requestsPerMinute", "`0` is not a whole number from 1" },
        { "providers: { mistral: { control: maybe } }", "providers.mistral.control", "`maybe` is not `on` or `off`" },
        { "providers: { mistral: { probe: chat } }", "providers.mistral.probe", "`chat` is not `models` or `none`" },
        { "keys: { a: { provider: mistral } }", "keys.a", "`locations` is missing" },
        { "keys: { a: { provider: mistral, locations: [] } }", "keys.a.locations", "at least 1 is needed" },
        { "keys: { a: { locations: [] } }", "keys.a", "`provider` is missing" },
        { "keys: { a: { provider: mistral, locations: [{ store: s }] } }", "keys.a.locations[0]", "`name` is missing" },
        { "keys: { a: { expires: 31.01.2027 } }", "keys.a.expires", "is not a date" },
        { "keys: { a: { expires: 2027-01-31@3F2A } }", "keys.a.expires", "is not a date" },
        { "keys: { a: { labels: { x: [y] } } }", "keys.a.labels.x", "a list stands where" },
        { "keys: { a: { labels: { x: } } }", "keys.a.labels.x", "a member without value" },
        { "keys: { a: { owner: \"two\\nlines\" } }", "keys.a.owner", "is not text on one line" },
        { "keys: { /a: { provider: mistral } }", "keys./a", "`/a` is not a key id" },
        { "keys: { a: { provider: 5 } }", "keys.a.provider", "reads it as a number or boolean" },
        { "keys: [a]", "keys", "a list stands where a map is expected" },
        { "alerts: { channels: { a: { url: \"https://h\" } } }", "alerts.channels.a", "a channel needs a `kind`: known are webhook, slack" },
        { "alerts: { channels: { a: { kind: webhok, url: \"https://h\" } } }", "alerts.channels.a", "did you mean `webhook`?" },
        { "alerts: { channels: { a: { kind: slack } } }", "alerts.channels.a", "`url` is missing" },
        { "alerts: { channels: { a: { kind: slack, url: \"https://h\", secret: x } } }", "alerts.channels.a", "`secret` is not a member here" },
        { "alerts: { channels: { a: { kind: pagerduty } } }", "alerts.channels.a", "`routingKey` is missing" },
        { "alerts: { channels: { a: { kind: pagerduty, routingKey: short } } }", "alerts.channels.a.routingKey", "32 letters and digits" },
        { "alerts: { channels: { a: { kind: opsgenie } } }", "alerts.channels.a", "`apiKey` is missing" },
        { "alerts: { channels: { a: { kind: teams, url: \"https://acme.webhook.office.com/x\" } } }", "alerts.channels.a.url", "make a workflow" },
        { "alerts: { channels: { a: { kind: teams, url: \"https://ACME.WEBHOOK.OFFICE.COM/x\" } } }", "alerts.channels.a.url", "make a workflow" },
        { "alerts: { channels: { a: { kind: webhook, url: \"https://u@h\" } } }", "alerts.channels.a.url", "the value (not shown) is not" },
        { "alerts: { channels: { a: { kind: webhook, url: \"https://h\", secret: whsec_short } } }", "alerts.channels.a.secret", "24 to 64 bytes" },
        { "alerts: { routes: [{ match: { reason: keyrejected }, channels: [a] }] }", "alerts.routes[0].match.reason", "did you mean `KeyRejected`?" },
        { "alerts: { routes: [{ match: {} }] }", "alerts.routes[0]", "`channels` is missing" },
        { "alerts: { routes: [{ channels: [] }] }", "alerts.routes[0].channels", "at least 1 is needed" },
        { "alerts: { routes: [{ match: { environment: [] }, channels: [a] }] }", "alerts.routes[0].match.environment", "at least 1 is needed" },
        { "alerts: { routes: [{ match: { owner: [a, {}] }, channels: [a] }] }", "alerts.routes[0].match.owner[1]", "a map stands where" },
        { "alerts: { routes: [{ match: { severity: [critical, fatal] }, channels: [a] }] }", "alerts.routes[0].match.severity[1]", "`fatal` is not" },
        { "alerts: { routes: [{ match: { labels: { team: [] } }, channels: [a] }] }", "alerts.routes[0].match.labels.team", "at least 1 is needed" },
        { "alerts: { routes: [{ match: { enviroment: prod }, channels: [a] }] }", "alerts.routes[0].match", "did you mean `environment`?" },
        { "alerts: { routes: [{ continue: maybe, channels: [a] }] }", "alerts.routes[0].continue", "`maybe` is not `true` or `false`" },
    };

    /// <summary>Beyond a JSON Schema: ranges of times, days of the calendar, what hosts are, what members say of each other.</summary>
    public static TheoryData<string, string, string> BindersAlone { get; } = new()
    {
        { "defaults: { checkEvery: 10s }", "defaults.checkEvery", "from 30s to 3650d is allowed here" },
        { "defaults: { checkEvery: 9999999d }", "defaults.checkEvery", "from 30s to 3650d is allowed here" },
        { "providers: { acme: { region: x } }", "providers.acme", "`kind` is missing, and the name is no kind" },
        { "providers: { mistrall: { region: x } }", "providers.mistrall", "`kind` is missing, and the name is no kind: did you mean `mistral`?" },
        { "providers: { a: { kind: azure-openai } }", "providers.a", "needs `baseUrl`" },
        { "providers: { bedrock: {} }", "providers.bedrock", "needs `region`" },
        { "providers: { mistral: { baseUrl: \"http://h.example\" } }", "providers.mistral.baseUrl", "plain http" },
        { "providers: { mistral: { baseUrl: \"http://127.0.0.1.example\" } }", "providers.mistral.baseUrl", "plain http" },
        { "keys: { a: { provider: mistral, locations: [{ store: s, name: A }], expires: 2026-02-30 } }", "keys.a.expires", "`2026-02-30` is not a date such as" },
        { "keys: { a: { provider: mistral, locations: [{ store: s, name: A }], expires: 2026-02-30 } }", "keys.a.expires", "that day does not exist" },
        { "alerts: { channels: { a: { kind: webhook, url: \"http://h.example\" } } }", "alerts.channels.a.url", "plain http" },
        { "alerts: { routes: [{ match: { labels: {} }, channels: [a] }] }", "alerts.routes[0].match.labels", "at least 1 is needed" },
        { "alerts: { routes: [{ match: { store: vualt }, channels: [a] }] }\nstores: { vault: { kind: env } }", "alerts.routes[0].match.store", "did you mean `vault`?" },
    };

    /// <summary>Names that stand twice: a JSON Schema never sees these.</summary>
    public static TheoryData<string, string, string> Duplicates { get; } = new()
    {
        { "database: sqlite:a\ndatabase: sqlite:b", "database", "stands here a second time; the first is at " },
        { "stores: { a: { kind: env }, a: { kind: env } }", "stores.a", "`a` stands here a second time" },
        { "alerts: { channels: { a: { kind: slack, url: \"https://h\" }, a: { kind: slack, url: \"https://h\" } } }", "alerts.channels.a", "`a` stands here a second time; the first is at " },
        { "providers: { mistral: { headers: { a: x, A: y } } }", "providers.mistral.headers.A", "a second time" },
    };
}

using System.Net;
using KeyRotator.Alerts;
using KeyRotator.Configuration.Shapes;
using KeyRotator.Keys;
using KeyRotator.Secrets;

namespace KeyRotator.Configuration;

/// <summary>What the files say, before names are resolved. A member that was refused is as if it were not there.</summary>
internal sealed class SettingsDraft : IMergedObject
{
    public Position[]? Seen { get; set; }

    public Located<DatabaseDraft>? Database { get; set; }

    public PolicyDraft Defaults { get; } = new();

    public MapEntries<PolicyDraft> Environments { get; } = new(StringComparer.Ordinal);

    public MapEntries<OperatorDraft> Operators { get; } = new(StringComparer.Ordinal);

    public MapEntries<StoreDraft> Stores { get; } = new(StringComparer.Ordinal);

    public MapEntries<ProviderDraft> Providers { get; } = new(StringComparer.Ordinal);

    public MapEntries<KeyDraft> Keys { get; } = new(StringComparer.Ordinal);

    public AlertsDraft Alerts { get; } = new();

    /// <summary>The policy that a key of an environment has where it says nothing itself.</summary>
    public KeyPolicy PolicyOf(string? environment)
    {
        var defaults = Defaults.Over(KeyPolicy.Default);
        return environment is not null && Environments.TryGetValue(environment, out var own) && own.Value is { } policy
            ? policy.Over(defaults)
            : defaults;
    }
}

/// <summary>An operator.</summary>
internal sealed class OperatorDraft
{
    /// <summary>SHA-256 of the token, in hexadecimal digits: the token itself is not kept.</summary>
    public Located<string>? TokenHash { get; set; }
}

/// <summary>A store.</summary>
internal sealed class StoreDraft(string kind)
{
    public string Kind { get; } = kind;

    public Located<string>? Path { get; set; }

    public Located<string>? KeyFile { get; set; }

    public SecretValue? Passphrase { get; set; }

    public RemoteStoreDraft Remote { get; } = new();
}

/// <summary>What stores of the remote kinds say; each kind takes what is its own.</summary>
internal sealed class RemoteStoreDraft
{
    public Located<Uri>? Address { get; set; }

    /// <summary>What the kind calls the address.</summary>
    public string AddressMember { get; set; } = "address";

    public Located<string>? AuthorityFile { get; set; }

    public Located<string>? CertificateFile { get; set; }

    public Located<string>? CertificateKeyFile { get; set; }

    public bool AllowInsecure { get; set; }

    /// <summary>Text members by name.</summary>
    public Dictionary<string, string> Texts { get; } = new(StringComparer.Ordinal);

    public Located<string>? Kubeconfig { get; set; }

    public bool Fips { get; set; }

    public int? EngineVersion { get; set; }

    public VaultAuthDraft? Auth { get; set; }

    public IReadOnlyList<string> Peers { get; set; } = [];

    public Located<DiscoverDraft>? Discover { get; set; }
}

/// <summary>How Vault is logged in to.</summary>
internal sealed class VaultAuthDraft
{
    public VaultLogin Method { get; set; }

    public string? Mount { get; set; }

    public string? Role { get; set; }

    public SecretValue? Token { get; set; }

    public Located<string>? TokenFile { get; set; }

    public string? RoleId { get; set; }

    public SecretValue? SecretId { get; set; }

    public Located<string>? JwtFile { get; set; }
}

/// <summary>A provider instance.</summary>
internal sealed class ProviderDraft
{
    public string? Kind { get; set; }

    public Located<Uri>? BaseUrl { get; set; }

    public string? Region { get; set; }

    public string? Organization { get; set; }

    public string? Project { get; set; }

    public MapEntries<string>? Headers { get; set; }

    public Located<int>? RequestsPerMinute { get; set; }

    public Located<TimeSpan>? CheckEvery { get; set; }

    public bool Control { get; set; } = true;

    public bool Probe { get; set; } = true;

    public bool AllowInsecure { get; set; }
}

/// <summary>A key.</summary>
internal sealed class KeyDraft
{
    public Located<string>? Provider { get; set; }

    public string? Environment { get; set; }

    public string? Owner { get; set; }

    public MapEntries<string>? Labels { get; set; }

    public ExpiryStatement? Expires { get; set; }

    public IReadOnlyList<string> Models { get; set; } = [];

    public IReadOnlyList<LocationDraft> Locations { get; set; } = [];

    public bool Suspended { get; set; }

    public LocationDraft? Holding { get; set; }

    public LocationDraft? Previous { get; set; }

    public PolicyDraft? Policy { get; set; }
}

/// <summary>A location.</summary>
internal sealed class LocationDraft(Position at)
{
    public Position At { get; } = at;

    public Located<string>? Store { get; set; }

    public string? Name { get; set; }

    public string? Field { get; set; }

    public Located<TimeSpan>? Follows { get; set; }
}

/// <summary>Channels and routes.</summary>
internal sealed class AlertsDraft : IMergedObject
{
    public Position[]? Seen { get; set; }

    public MapEntries<ChannelDraft> Channels { get; } = new(StringComparer.Ordinal);

    public MapEntries<IReadOnlyList<Located<string>>> Owners { get; } = new(StringComparer.OrdinalIgnoreCase);

    public GroupingDraft Grouping { get; } = new();

    public RunbookTemplate? Runbook { get; set; }

    public Located<IReadOnlyList<RouteDraft>>? Routes { get; set; }

    public HeartbeatDraft? Heartbeat { get; set; }
}

/// <summary>A channel.</summary>
internal sealed class ChannelDraft
{
    public string? Kind { get; set; }

    public Located<Uri>? Url { get; set; }

    public SecretValue? Secret { get; set; }

    public SecretValue? PreviousSecret { get; set; }

    public SecretValue? ApiKey { get; set; }

    public WebhookFormat Format { get; set; }

    public bool AllowInsecure { get; set; }

    public IReadOnlyList<IPNetwork> AllowAddresses { get; set; } = [];
}

/// <summary>The sign of life.</summary>
internal sealed class HeartbeatDraft
{
    public Located<Uri>? Url { get; set; }

    public TimeSpan Every { get; set; } = TimeSpan.FromMinutes(5);

    public bool AllowInsecure { get; set; }

    public IReadOnlyList<IPNetwork> AllowAddresses { get; set; } = [];
}

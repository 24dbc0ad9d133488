using System.Collections.ObjectModel;

namespace KeyRotator.Providers;

/// <summary>A configured use of a provider kind. A kind's own name is a ready instance.</summary>
public sealed record ProviderInstance
{
    /// <summary>Name that keys refer to, unique.</summary>
    public required string Name { get; init; }

    /// <summary>The provider kind, for example <c>azure-openai</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>Base URL as that vendor's SDK takes it, without query or user info; null for the vendor's own. The file may call it
    /// <c>endpoint</c>.</summary>
    public Uri? BaseUrl { get; init; }

    /// <summary>Region, where it is part of the credential; null elsewhere.</summary>
    public string? Region { get; init; }

    /// <summary>Organisation sent along, or null.</summary>
    public string? Organization { get; init; }

    /// <summary>Project sent along, or null.</summary>
    public string? Project { get; init; }

    /// <summary>Further request headers. No secrets.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = ReadOnlyDictionary<string, string>.Empty;

    /// <summary>Most probes a minute over all keys of the instance, or null for no cap.</summary>
    public int? RequestsPerMinute { get; init; }

    /// <summary>Time between probes for all keys of the instance, or null for the key's own.</summary>
    public TimeSpan? CheckEvery { get; init; }

    /// <summary>Whether a made-up key is probed as a negative control. Default true.</summary>
    public bool Control { get; init; } = true;

    /// <summary>Whether keys are probed at all: false for gateways that cannot be probed. Default true.</summary>
    public bool Probe { get; init; } = true;

    /// <summary>Whether plain http to a host that is not loopback is meant. Default false.</summary>
    public bool AllowInsecure { get; init; }
}

using System.Text.RegularExpressions;

namespace KeyRotator.Providers;

/// <summary>What is known of a provider: printed by <c>providers show</c>, used by import, format checks and the negative
/// control.</summary>
public sealed record ProviderProfile
{
    /// <summary>Name for people, for example <c>Azure OpenAI</c>.</summary>
    public required string Title { get; init; }

    /// <summary>Environment variables that hold a key by the vendor's own documents, the standard one first.</summary>
    public IReadOnlyList<string> Variables { get; init; } = [];

    /// <summary>Environment variable from which the vendor's SDK takes the base URL, or null. Where it is set, keys of <see
    /// cref="Variables"/> belong to that place.</summary>
    public string? BaseUrlVariable { get; init; }

    /// <summary>Environment variables that name the region, first found wins; empty where the region is no part of the
    /// credential.</summary>
    public IReadOnlyList<string> RegionVariables { get; init; } = [];

    /// <summary>The vendor's base URL, or null where every instance must give its own. May hold <c>{region}</c>.</summary>
    public string? DefaultBaseUrl { get; init; }

    /// <summary>Page on which keys are created.</summary>
    public string? CreateKeyUrl { get; init; }

    /// <summary>Page on which keys are revoked.</summary>
    public string? RevokeKeyUrl { get; init; }

    /// <summary>The known shapes of a key; empty where the vendor documents none. A value that matches none is not refused on that ground
    /// alone.</summary>
    public IReadOnlyList<KeyFormat> Formats { get; init; } = [];

    /// <summary>The probe in words, for example <c>GET /v1/models?limit=1</c>.</summary>
    public required string Probe { get; init; }

    /// <summary>What counts as a dead key, in words, one entry for each documented answer.</summary>
    public IReadOnlyList<string> DeadAnswers { get; init; } = [];

    /// <summary>What an operator should know, one sentence each.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>The least time between two probes of a key that the vendor tolerates.</summary>
    public TimeSpan LeastCheckEvery { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Where an instance must say its region.</summary>
    public bool NeedsRegion { get; init; }

    /// <summary>Whether the vendor's keys can carry an expiry date, so that an unknown one is worth a finding.</summary>
    public bool KeysCanExpire { get; init; }

    /// <summary>Vendor pages and recordings that the answers rest on, with the month they were read.</summary>
    public IReadOnlyList<string> Sources { get; init; } = [];
}

/// <summary>A shape that a provider's keys have.</summary>
/// <param name="Name">What this shape is called, for example <c>project</c>.</param>
/// <param name="Pattern">Anchored at both ends.</param>
/// <param name="IsDistinctive">True where no other provider's keys match, so that a match under another provider is a mix-up.</param>
/// <param name="Example">Makes a well-formed key that never existed, from random characters: what the negative control sends.</param>
public sealed record KeyFormat(string Name, Regex Pattern, bool IsDistinctive, Func<Random, string> Example);

using System.Collections.ObjectModel;
using System.Globalization;

namespace KeyRotator.Stores;

/// <summary>Who is about to add a version: an annotation that is set where the secret's tag is still the known one. Advisory: other
/// programs do not look at it.</summary>
/// <param name="Token">The write's token.</param>
/// <param name="Owner">The process and store that holds it.</param>
/// <param name="Until">When it lapses (UTC).</param>
/// <param name="Base">The highest version then.</param>
internal sealed record GcpLease(Guid Token, string Owner, DateTimeOffset Until, long Base);

/// <summary>What KeyRotator keeps in a secret's annotations: the lease, which version each of the last tokens wrote, and the staged
/// version. No value, and no hash of one.</summary>
internal sealed record GcpMarks
{
    /// <summary>Tokens that are remembered, the newest ones.</summary>
    public const int MostTokens = 20;

    private const string LeaseKey = "keyrotator.lease";
    private const string TokensKey = "keyrotator.tokens";
    private const string StagedKey = "keyrotator.staged";

    public GcpLease? Lease { get; init; }

    public IReadOnlyList<KeyValuePair<Guid, long>> Tokens { get; init; } = [];

    public long? Staged { get; init; }

    /// <summary>Whether an annotation is one of these.</summary>
    public static bool IsReserved(string key) => key is LeaseKey or TokensKey or StagedKey;

    /// <summary>The marks of a secret. What is not legible counts as absent: anybody may edit annotations.</summary>
    public static GcpMarks Of(GcpSecret? secret)
    {
        var annotations = secret?.Annotations ?? ReadOnlyDictionary<string, string>.Empty;
        return new()
        {
            Lease = annotations.TryGetValue(LeaseKey, out var lease) ? LeaseOf(lease) : null,
            Staged = annotations.TryGetValue(StagedKey, out var staged) && Number(staged) is var number and > 0 ? number : null,
            Tokens = annotations.TryGetValue(TokensKey, out var tokens) ? [.. tokens.Split(' ').SelectMany(TokenOf)] : [],
        };
    }

    /// <summary>The secret without a token's lease; null where there is no such lease.</summary>
    public static GcpSecret? Release(GcpSecret secret, Guid token) => Of(secret) is var marks && marks.Lease?.Token == token
        ? secret with { Annotations = (marks with { Lease = null }).In(secret.Annotations) }
        : null;

    /// <summary>The version that a token wrote, or null.</summary>
    public long? VersionOf(Guid token) => Tokens.Where(entry => entry.Key == token).Select(entry => (long?)entry.Value).LastOrDefault();

    /// <summary>The same, with a token remembered and the oldest ones forgotten.</summary>
    public GcpMarks With(Guid token, long version) =>
        this with { Tokens = [.. Tokens.Where(entry => entry.Key != token).Append(new(token, version)).TakeLast(MostTokens)] };

    /// <summary>Annotations with these marks in place of their own.</summary>
    public IReadOnlyDictionary<string, string> In(IReadOnlyDictionary<string, string> annotations)
    {
        var all = annotations.Where(entry => !IsReserved(entry.Key)).ToDictionary(StringComparer.Ordinal);
        if (Lease is { } lease)
        {
            all[LeaseKey] = string.Create(
                CultureInfo.InvariantCulture, $"{lease.Token:N} {lease.Owner} {lease.Until.ToUnixTimeSeconds()} {lease.Base}");
        }

        if (Tokens.Count > 0)
        {
            all[TokensKey] = string.Join(' ', Tokens.Select(entry => $"{entry.Key:N}:{GcpApi.Text(entry.Value)}"));
        }

        if (Staged is { } staged)
        {
            all[StagedKey] = GcpApi.Text(staged);
        }

        return all;
    }

    private static GcpLease? LeaseOf(string text) => text.Split(' ') is [var token, var owner, var until, var version]
        && Guid.TryParseExact(token, "N", out var id)
        && Number(until) is var seconds and > 0 and < 253402300800 // the year 10000
            ? new(id, owner, DateTimeOffset.FromUnixTimeSeconds(seconds), Number(version))
            : null;

    private static IEnumerable<KeyValuePair<Guid, long>> TokenOf(string text) =>
        text.Split(':') is [var token, var version] && Guid.TryParseExact(token, "N", out var id) && Number(version) is var number and > 0
            ? [new(id, number)]
            : [];

    private static long Number(string text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : -1;
}

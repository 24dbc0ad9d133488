using System.Globalization;

namespace KeyRotator.Stores;

/// <summary>The last writes of a secret, kept in one entry of its custom metadata: token and the version that it makes.</summary>
internal static class VaultTokens
{
    /// <summary>The entry's name; it is not shown among a secret's tags.</summary>
    public const string Entry = "keyrotator_writes";

    private const int Kept = 8; // the server takes 512 bytes

    /// <summary>The version that is noted for a token, or null.</summary>
    public static long? VersionOf(IReadOnlyDictionary<string, string> custom, Guid token)
    {
        foreach (var note in Notes(custom))
        {
            if (note.Split('=') is [var text, var number]
                && Guid.TryParseExact(text, "N", out var noted) && noted == token
                && long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var version))
            {
                return version;
            }
        }

        return null;
    }

    /// <summary>The entry with one more write; the oldest is dropped.</summary>
    public static string With(IReadOnlyDictionary<string, string> custom, Guid token, long version)
    {
        var others = Notes(custom).Where(note => !note.StartsWith(token.ToString("N"), StringComparison.Ordinal));
        return string.Join(' ', others.TakeLast(Kept - 1).Append($"{token:N}={version.ToString(CultureInfo.InvariantCulture)}"));
    }

    private static string[] Notes(IReadOnlyDictionary<string, string> custom) =>
        custom.GetValueOrDefault(Entry)?.Split(' ', StringSplitOptions.RemoveEmptyEntries) ?? [];
}

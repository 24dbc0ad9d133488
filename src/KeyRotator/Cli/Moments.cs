using System.Globalization;

namespace KeyRotator.Cli;

/// <summary>A time as an operator types it: RFC 3339, seconds may be left out. What has no offset is nobody's time.</summary>
internal static class Moments
{
    private static readonly string[] s_formats =
    [
        "yyyy-MM-dd'T'HH:mmzzz", "yyyy-MM-dd'T'HH:mm:sszzz", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFzzz",
        "yyyy-MM-dd'T'HH:mm'Z'", "yyyy-MM-dd'T'HH:mm:ss'Z'", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'",
    ];

    /// <summary>The time (UTC).</summary>
    /// <exception cref="CliException">It is none.</exception>
    public static DateTimeOffset Read(string text) => DateTimeOffset.TryParseExact(
        text.Trim().ToUpperInvariant(), s_formats, CultureInfo.InvariantCulture,
        DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var at)
        ? at
        : throw CliException.Usage(
            $"--at takes a time with its offset, as in 2026-12-01T03:00Z or 2026-12-01T03:00:00+01:00, not {Typed.Show(text)}. Nothing was "
            + "changed.");
}

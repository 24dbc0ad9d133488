using System.Globalization;
using KeyRotator.Configuration;

namespace KeyRotator.Cli;

/// <summary>A time to come, as a command line names it.</summary>
internal static class UntilTime
{
    private static readonly string[] s_times = ["yyyy-MM-dd'T'HH:mm'Z'", "yyyy-MM-dd'T'HH:mm:ss'Z'"];

    /// <summary>A day (to its end, UTC), a time in UTC, or a span from now on; null where nothing was said.</summary>
    /// <param name="option">The option's name, for messages.</param>
    /// <param name="text">What was typed, or null.</param>
    /// <param name="now">Now.</param>
    /// <exception cref="CliException">It is none of these, or it is past.</exception>
    public static DateTimeOffset? Of(string option, string? text, DateTimeOffset now)
    {
        if (text is null)
        {
            return null;
        }

        var until = Read(text, now) ?? throw CliException.Usage(
            $"{option} takes a day as in 2027-01-31, a time in UTC as in 2027-01-31T08:00Z, or a span as in 4h, not {Typed.Show(text)}. "
            + "Nothing was changed.");
        return until > now ? until : throw CliException.Usage($"{option} {text} is not in the future. Nothing was changed.");
    }

    private static DateTimeOffset? Read(string text, DateTimeOffset now)
    {
        const DateTimeStyles Utc = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal;
        return Durations.TryParse(text, out var span) ? now + span
            : DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
                ? new DateTimeOffset(day.AddDays(1).ToDateTime(TimeOnly.MinValue), TimeSpan.Zero)
            : DateTimeOffset.TryParseExact(text, s_times, CultureInfo.InvariantCulture, Utc, out var at) ? at
            : null;
    }
}

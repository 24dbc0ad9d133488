using System.CommandLine;
using System.Globalization;
using KeyRotator.Audit;

namespace KeyRotator.Cli;

/// <summary>Options of the verbs about the audit.</summary>
internal static class AuditOptions
{
    private static readonly string[] s_times = ["yyyy-MM-dd", "yyyy-MM-dd'T'HH:mm:ss'Z'"];

    /// <summary><c>--since</c>.</summary>
    public static Option<string?> Since() => new("--since")
    {
        Description = "Acts since then alone: a day, or a time in UTC as in 2027-01-31T08:00:00Z",
        HelpName = "DATE",
    };

    /// <summary><c>--head</c>.</summary>
    public static Option<string?> Head() => new("--head")
    {
        Description = "A head that was told before, by `audit verify` or a digest: proves that nothing before it was changed or cut",
        HelpName = "SEQ:HASH",
    };

    /// <summary>The time that was asked for; that of the first act where none was.</summary>
    /// <exception cref="CliException">It is no time, or has not come yet.</exception>
    public static DateTimeOffset SinceOf(string? text, DateTimeOffset now)
    {
        if (text is null)
        {
            return DateTimeOffset.MinValue;
        }

        const DateTimeStyles Utc = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal;
        return !DateTimeOffset.TryParseExact(text, s_times, CultureInfo.InvariantCulture, Utc, out var since)
            ? throw CliException.Usage(
                $"--since takes a day as in 2027-01-31, or a time as in 2027-01-31T08:00:00Z, not {Typed.Show(text)}.")
            : since > now
                ? throw CliException.Usage($"--since {text} is in the future.")
                : since;
    }

    /// <summary>The head that was given, or null.</summary>
    /// <exception cref="CliException">It is none.</exception>
    public static AuditHead? HeadOf(string? text) => text is null ? null
        : AuditHead.TryParse(text.Trim(), out var head) ? head
        : throw CliException.Usage(
            "--head takes the number of a row from 1 on, a colon, and 64 hexadecimal digits, as `keyrotator audit verify` prints them; not "
            + $"{Typed.Show(text)}.");
}

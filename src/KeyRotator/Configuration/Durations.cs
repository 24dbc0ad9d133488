using System.Globalization;

namespace KeyRotator.Configuration;

/// <summary>Spans as people write them: a whole number and one of <c>s</c>, <c>m</c>, <c>h</c>, <c>d</c>, for example <c>15m</c> or
/// <c>90d</c>.</summary>
internal static class Durations
{
    /// <summary>Greater than zero.</summary>
    public const string Pattern = "^[1-9][0-9]{0,8}[smhd]$";

    /// <summary>Zero or greater.</summary>
    public const string PatternWithZero = "^(0|[1-9][0-9]{0,8})[smhd]$";

    /// <summary>Zero or more whole days.</summary>
    public const string DaysPattern = "^(0|[1-9][0-9]{0,3})d$";

    /// <summary>The longest span taken anywhere: ten years.</summary>
    public static TimeSpan Longest { get; } = TimeSpan.FromDays(3650);

    /// <summary>Reads a span of zero or more, at most <see cref="Longest"/>.</summary>
    public static bool TryParse(string? text, out TimeSpan span)
    {
        span = default;
        if (text is not { Length: >= 2 and <= 10 }
            || !int.TryParse(text.AsSpan()[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out var count))
        {
            return false;
        }

        var unit = text[^1] switch { 's' => 1L, 'm' => 60, 'h' => 3600, 'd' => 86400, _ => 0 };
        var seconds = count * unit;
        if (unit == 0 || seconds > Longest.TotalSeconds)
        {
            return false;
        }

        span = TimeSpan.FromSeconds(seconds);
        return true;
    }

    /// <summary>Writes a span in the greatest unit that fits it; whole seconds only.</summary>
    public static string Format(TimeSpan span) => (long)span.TotalSeconds switch
    {
        var seconds when seconds % 86400 == 0 => $"{seconds / 86400}d",
        var seconds when seconds % 3600 == 0 => $"{seconds / 3600}h",
        var seconds when seconds % 60 == 0 => $"{seconds / 60}m",
        var seconds => $"{seconds}s",
    };
}

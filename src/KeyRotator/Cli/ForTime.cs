using KeyRotator.Configuration;

namespace KeyRotator.Cli;

/// <summary>How long something holds, as a command line says it.</summary>
internal static class ForTime
{
    private static readonly TimeSpan s_least = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan s_most = TimeSpan.FromDays(30);

    /// <summary>What is wrong with a span, a sentence; null where nothing is.</summary>
    public static string? Fault(string text, out TimeSpan span) => !Durations.TryParse(text, out span)
        ? $"--for takes a span as in 30m, 4h or 7d, not {Typed.Show(text)}."
        : span < s_least || span > s_most
            ? $"--for takes 5m to 30d, not {Typed.Show(text)}: nothing is to be forgotten, and what lasts belongs into the configuration."
            : null;
}

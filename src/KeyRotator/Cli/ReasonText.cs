namespace KeyRotator.Cli;

/// <summary>Why an operator does something, as typed. It is recorded and sent to channels: somebody will paste a key there.</summary>
internal static class ReasonText
{
    private const int Longest = 200;

    /// <summary>What is wrong with it, a sentence; null where nothing is.</summary>
    public static string? Fault(string text)
    {
        var reason = text.Trim();
        return reason.Length is 0 or > Longest || reason.Any(char.IsControl)
            ? $"--reason takes one line of 1 to {Longest} characters; this has {reason.Length}."
            : reason.Split(' ').Any(Typed.MayBeKey)
                ? "--reason holds a text that could be a key, and a reason is recorded and sent: say it without."
                : null;
    }

    /// <summary>It, without what surrounds it.</summary>
    /// <exception cref="CliException">It is none.</exception>
    public static string Of(string text) =>
        Fault(text) is { } fault ? throw CliException.Usage($"{fault} Nothing was changed.") : text.Trim();
}

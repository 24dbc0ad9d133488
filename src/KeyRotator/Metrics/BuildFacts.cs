using System.Reflection;

namespace KeyRotator.Metrics;

/// <summary>What this program was built from.</summary>
internal static class BuildFacts
{
    private static readonly string[] s_parts =
        typeof(BuildFacts).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')
            ?? ["0.0.0"];

    /// <summary>The version.</summary>
    public static string Version => s_parts[0];

    /// <summary>The commit, where the build knew it; else empty.</summary>
    public static string Commit => s_parts is [_, var commit, ..] ? commit : "";
}

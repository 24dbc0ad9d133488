using System.Runtime.CompilerServices;

namespace KeyRotator.EndToEnd.Support;

/// <summary>Files of this repository that are shipped beside the program.</summary>
internal static class ChartFiles
{
    /// <summary>The repository's folder.</summary>
    public static string Root { get; } = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(Here())!, "../../.."));

    public static string Rules => Path.Combine(Root, "charts/keyrotator/files/rules.yaml");

    public static string RulesTest => Path.Combine(Root, "tests/KeyRotator.EndToEnd/Metrics/rules.test.yaml");

    public static string Dashboard => Path.Combine(Root, "charts/keyrotator/files/dashboard.json");

    private static string Here([CallerFilePath] string path = "") => path;
}

namespace KeyRotator.EndToEnd.Chart;

/// <summary>Where the chart is, and what the tests write anew when they are told to.</summary>
internal static class ChartFolder
{
    private static readonly bool s_writes = Environment.GetEnvironmentVariable("KEYROTATOR_WRITE_GOLDEN") == "1";

    /// <summary>The repository.</summary>
    public static string Repository { get; } = Find(new DirectoryInfo(AppContext.BaseDirectory));

    /// <summary>The chart.</summary>
    public static string Chart { get; } = Path.Combine(Repository, "charts", "keyrotator");

    /// <summary>The tests of the chart.</summary>
    public static string Tests { get; } = Path.Combine(Repository, "tests", "KeyRotator.EndToEnd", "Chart");

    /// <summary>A file of the chart.</summary>
    public static string At(params string[] path) => Path.Combine([Chart, .. path]);

    /// <summary>What a file should hold, to compare with what was made just now; with KEYROTATOR_WRITE_GOLDEN=1 that is written
    /// first.</summary>
    public static string Golden(string path, string made)
    {
        if (s_writes)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, made);
        }

        return File.Exists(path) ? File.ReadAllText(path) : "";
    }

    private static string Find(DirectoryInfo folder) =>
        File.Exists(Path.Combine(folder.FullName, "KeyRotator.sln"))
            ? folder.FullName
            : Find(folder.Parent ?? throw new InvalidOperationException("No KeyRotator.sln above the tests."));
}

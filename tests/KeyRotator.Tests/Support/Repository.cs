namespace KeyRotator.Tests.Support;

/// <summary>Where the sources are that the tests were built from.</summary>
internal static class Repository
{
    public static string Root { get; } = Find(new DirectoryInfo(AppContext.BaseDirectory));

    private static string Find(DirectoryInfo folder) =>
        File.Exists(Path.Combine(folder.FullName, "KeyRotator.sln"))
            ? folder.FullName
            : Find(folder.Parent ?? throw new InvalidOperationException("No KeyRotator.sln above the tests."));
}

namespace KeyRotator.Configuration;

/// <summary>Finds the configuration where nobody has to say where it is.</summary>
internal static class SettingsLocator
{
    /// <summary>The environment variable that names it.</summary>
    public const string Variable = "KEYROTATOR_CONFIG";

    private const string LocalName = "keyrotator.yaml";

    /// <summary>Where it is on a server.</summary>
    public const string SystemPath = "/etc/keyrotator/keyrotator.yaml";

    /// <summary>The first of: <c>--config</c>, <see cref="Variable"/>, <c>keyrotator.yaml</c> here, the system's.</summary>
    /// <param name="option">Value of <c>--config</c>, or null. Taken as it is, also where nothing is there: loading then says so.</param>
    /// <param name="environment">Looks an environment variable up; null where it is not set.</param>
    /// <param name="currentDirectory">What relative paths start from.</param>
    /// <param name="systemPath">The system's: <see cref="SystemPath"/> but in tests.</param>
    public static SettingsPlace Find(string? option, Func<string, string?> environment, string currentDirectory, string systemPath)
    {
        var named = option ?? (environment(Variable) is { Length: > 0 } variable ? variable : null);
        if (named is not null)
        {
            return new(Path.GetFullPath(named, currentDirectory), null);
        }

        string[] usual = [Path.Combine(currentDirectory, LocalName), systemPath];
        return Array.Find(usual, Path.Exists) is { } found
            ? new(found, null)
            : new(null, $"no configuration found: no --config, {Variable} is not set, and neither {usual[0]} nor {usual[1]} exists");
    }
}

/// <summary>Where the configuration is.</summary>
/// <param name="Path">Absolute path of the file or folder, or null where there is none.</param>
/// <param name="Fault">What was looked for; null where a path is given.</param>
internal sealed record SettingsPlace(string? Path, string? Fault);

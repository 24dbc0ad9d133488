namespace KeyRotator.Configuration;

/// <summary>Reads the configuration: one YAML file, or a folder of them merged.</summary>
internal static class SettingsLoader
{
    /// <summary>Reads and validates everything; every fault there is, not only the first. Nothing but the named files is touched.</summary>
    /// <param name="path">A file, or a folder whose <c>*.yaml</c> and <c>*.yml</c> files are merged in ordinal order.</param>
    /// <param name="environment">Looks an environment variable up; null where it is not set.</param>
    public static LoadResult Load(string path, Func<string, string?> environment) => throw new NotImplementedException();
}

/// <summary>A configuration, or why there is none.</summary>
/// <param name="Settings">The configuration, or null where there are faults.</param>
/// <param name="Faults">What is wrong, in the order of files and lines.</param>
/// <param name="Warnings">What is allowed and probably not meant, in the same order.</param>
internal sealed record LoadResult(Settings? Settings, IReadOnlyList<ConfigurationFault> Faults, IReadOnlyList<ConfigurationFault> Warnings);

/// <summary>One fault.</summary>
/// <param name="File">The file as the user named it.</param>
/// <param name="Line">From 1.</param>
/// <param name="Column">From 1.</param>
/// <param name="Path">Members from the root, for example <c>keys.mistral-prod.locations[0].store</c>; empty for the file as a whole.</param>
/// <param name="Message">What is wrong, the value where it is no secret, and what would be right.</param>
internal sealed record ConfigurationFault(string File, int Line, int Column, string Path, string Message);

using System.Security.Cryptography;
using KeyRotator.Configuration.Shapes;

namespace KeyRotator.Configuration;

/// <summary>Reads the configuration: one YAML file, or a folder of them merged.</summary>
internal static class SettingsLoader
{
    /// <summary>Reads and validates everything; every fault there is, not only the first. Nothing but the named files is touched.</summary>
    /// <param name="path">A file, or a folder whose <c>*.yaml</c> and <c>*.yml</c> files are merged in ordinal order.</param>
    /// <param name="environment">Looks an environment variable up; null where it is not set.</param>
    public static LoadResult Load(string path, Func<string, string?> environment) => Load(path, environment, SettingsCatalogue.Default);

    /// <summary>The same, with other kinds.</summary>
    public static LoadResult Load(string path, Func<string, string?> environment, SettingsCatalogue catalogue)
    {
        var files = FilesUnder(path);
        var stamps = files.Select(file => FileStamp.Of(file.FullPath)).ToList();
        var faults = new FaultList(files is [] ? [new(path, path)] : files);
        var interpolation = new Interpolation(environment);
        var draft = new SettingsDraft();
        using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        if (files is [])
        {
            faults.Cut(Start(0), "this folder cannot be listed, or holds no *.yaml or *.yml file");
        }

        for (var index = 0; index < files.Count; index++)
        {
            var content = files[index].Read();
            digest.AppendData(content.Bytes);
            new SettingsFileReader(files[index], index, interpolation, faults).Bind(content, SettingsMembers.Root(catalogue), draft);
        }

        Override(draft, environment(DatabaseDraft.Variable), faults);
        var settings = Resolve(draft, catalogue, files, faults) is { } resolved
            ? resolved with { Digest = Convert.ToHexStringLower(digest.GetHashAndReset()) }
            : null;
        return new(settings, faults.Faults, settings is null ? [] : faults.Warnings) { Inputs = [.. stamps, .. interpolation.Inputs] };
    }

    private static void Override(SettingsDraft draft, string? database, FaultList faults)
    {
        var text = Interpolation.WithoutLastNewline(database ?? "");
        if (text.Length == 0)
        {
            return;
        }

        var given = DatabaseDraft.Read(text);
        if (given.Complaint is { } complaint)
        {
            var what = $"the environment variable {DatabaseDraft.Variable} (not shown) is not {DatabaseDraft.Expected}";
            faults.Refuse(Start(0), "database", complaint.Text.Length == 0 ? what : $"{what}: {complaint.Text}");
            return;
        }

        draft.Database = new(given.Value!, Start(0), IsInterpolated: true);
    }

    private static Settings? Resolve(SettingsDraft draft, SettingsCatalogue catalogue, IReadOnlyList<SettingsFile> files, FaultList faults)
    {
        if (faults.IsCut)
        {
            return null;
        }

        new SettingsChecks(draft, catalogue, faults).Run();
        if (faults.Count > 0)
        {
            return null;
        }

        var settings = new SettingsAssembly(draft, catalogue, files).Build();
        new SettingsWarnings(draft, settings, catalogue, faults).Run();
        return settings;
    }

    private static IReadOnlyList<SettingsFile> FilesUnder(string path)
    {
        try
        {
            return SettingsFile.Under(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return [];
        }
    }

    private static Position Start(int file) => new(file, 1, 1);
}

/// <summary>A configuration, or why there is none.</summary>
/// <param name="Settings">The configuration, or null where there are faults.</param>
/// <param name="Faults">What is wrong, in the order of files and lines.</param>
/// <param name="Warnings">What is allowed and probably not meant, in the same order.</param>
internal sealed record LoadResult(Settings? Settings, IReadOnlyList<ConfigurationFault> Faults, IReadOnlyList<ConfigurationFault> Warnings)
{
    /// <summary>What was read or looked for, as it looked before: the files, and those that <c>${file:…}</c> names.</summary>
    public IReadOnlyList<FileStamp> Inputs { get; init; } = [];
}

/// <summary>One fault.</summary>
/// <param name="File">The file as the user named it.</param>
/// <param name="Line">From 1.</param>
/// <param name="Column">From 1.</param>
/// <param name="Path">Members from the root, for example <c>keys.mistral-prod.locations[0].store</c>; empty for the file as a
/// whole.</param>
/// <param name="Message">What is wrong, the value where it is no secret, and what would be right.</param>
internal sealed record ConfigurationFault(string File, int Line, int Column, string Path, string Message)
{
    /// <summary>As a compiler prints it: <c>file:line:column: path: message</c>.</summary>
    public override string ToString() => $"{File}:{Line}:{Column}: {Path}{(Path.Length > 0 ? ": " : "")}{Message}";
}

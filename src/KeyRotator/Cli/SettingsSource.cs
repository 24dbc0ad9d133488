using KeyRotator.Cli.Output;
using KeyRotator.Configuration;

namespace KeyRotator.Cli;

/// <summary>Finds and loads the configuration.</summary>
internal static class SettingsSource
{
    private const string Variable = "KEYROTATOR_CONFIG";
    private const string FileName = "keyrotator.yaml";

    /// <summary>The configuration.</summary>
    /// <param name="context">The surroundings.</param>
    /// <param name="option">What <c>--config</c> says, or null.</param>
    /// <exception cref="CliException">There is none, or it has faults; the message has them all.</exception>
    public static Settings Load(CliContext context, string? option)
    {
        var result = Read(context, option);
        return result.Settings ?? throw CliException.Usage(string.Join('\n', Describe(context, result.Faults)));
    }

    /// <summary>The configuration, or why there is none.</summary>
    /// <exception cref="CliException">None was found.</exception>
    public static LoadResult Read(CliContext context, string? option) => SettingsLoader.Load(Locate(context, option), context.Environment);

    /// <summary>The configuration's path.</summary>
    /// <exception cref="CliException">None was found.</exception>
    public static string Locate(CliContext context, string? option)
    {
        var named = option ?? context.Environment(Variable);
        if (!string.IsNullOrEmpty(named))
        {
            return Path.Combine(context.Directory, named);
        }

        string[] places = [Path.Combine(context.Directory, FileName), context.SystemConfiguration];
        return places.FirstOrDefault(File.Exists) ?? throw CliException.Usage($"""
            No configuration found. Looked at --config, ${Variable}, {string.Join(", ", places.Select(Printable.Of))}.
            To see what KeyRotator does:             keyrotator demo
            To check the keys of this shell:         keyrotator check --from-env
            To make a configuration out of them:     keyrotator keys import --from-env > {FileName}
            """);
    }

    /// <summary>One line a fault: <c>file:line:column: path: message</c>.</summary>
    public static IEnumerable<string> Describe(CliContext context, IEnumerable<ConfigurationFault> faults) =>
        faults.Select(fault => $"{Name(context, fault.File)}:{fault.Line}:{fault.Column}: {Subject(fault)}{Printable.Of(fault.Message)}");

    /// <summary>A file as short as it can be named from here.</summary>
    public static string Name(CliContext context, string file)
    {
        var directory = context.Directory.EndsWith(Path.DirectorySeparatorChar) ? context.Directory : context.Directory + Path.DirectorySeparatorChar;
        return Printable.Of(file.StartsWith(directory, StringComparison.Ordinal) ? file[directory.Length..] : file);
    }

    private static string Subject(ConfigurationFault fault) => fault.Path.Length == 0 ? "" : $"{Printable.Of(fault.Path)}: ";
}

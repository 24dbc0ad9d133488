using KeyRotator.Cli.Output;
using KeyRotator.Configuration;

namespace KeyRotator.Cli;

/// <summary>Finds and loads the configuration.</summary>
internal static class SettingsSource
{
    private const string WaysOut = """
        To see what KeyRotator does:          keyrotator demo
        To check the keys of this shell:      keyrotator check --from-env
        To make a configuration out of them:  keyrotator keys import --from-env > keyrotator.yaml
        """;

    /// <summary>The configuration.</summary>
    /// <param name="context">The surroundings.</param>
    /// <param name="option">What <c>--config</c> says, or null.</param>
    /// <exception cref="CliException">There is none, or it has faults; the message has them all.</exception>
    public static Settings Load(CliContext context, string? option)
    {
        var result = Read(context, option);
        return result.Settings ?? throw Refusal(context, result.Faults);
    }

    /// <summary>What to throw where there are faults: all of them, one a line.</summary>
    public static CliException Refusal(CliContext context, IEnumerable<ConfigurationFault> faults) =>
        CliException.Usage(string.Join('\n', Describe(context, faults)));

    /// <summary>The configuration, or what is wrong with it.</summary>
    /// <exception cref="CliException">None was found.</exception>
    public static LoadResult Read(CliContext context, string? option) => SettingsLoader.Load(Locate(context, option), context.Environment);

    /// <summary>The configuration's path.</summary>
    /// <exception cref="CliException">None was found.</exception>
    public static string Locate(CliContext context, string? option)
    {
        var place = SettingsLocator.Find(option, context.Environment, context.Directory, context.SystemConfiguration);
        return place.Path ?? throw CliException.Usage($"{Printable.Of(place.Fault)}.\n{WaysOut}");
    }

    /// <summary>One line a fault: <c>file:line:column: path: message</c>.</summary>
    public static IEnumerable<string> Describe(CliContext context, IEnumerable<ConfigurationFault> faults) =>
        faults.Select(fault => Printable.Of((fault with { File = Name(context, fault.File) }).ToString()));

    /// <summary>A file as short as it can be named from here.</summary>
    public static string Name(CliContext context, string file)
    {
        var directory = Path.TrimEndingDirectorySeparator(context.Directory) + Path.DirectorySeparatorChar;
        return file.StartsWith(directory, StringComparison.Ordinal) ? file[directory.Length..] : file;
    }
}

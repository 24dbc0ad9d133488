using System.CommandLine;
using System.CommandLine.Parsing;
using KeyRotator.Cli.Output;

namespace KeyRotator.Cli;

/// <summary>Says in one message what is wrong with a command line.</summary>
internal static class UsageErrors
{
    /// <summary>The fault of a command line that could not be parsed.</summary>
    public static CliException Of(ParseResult parsed)
    {
        var command = parsed.CommandResult.Command;
        return CliException.Usage($"{Message(parsed, command)}\nSee '{Path(parsed.CommandResult)} --help'.");
    }

    /// <summary>Throws where anything is wrong: all of it, each sentence once, and that nothing was changed.</summary>
    /// <exception cref="CliException">Something is.</exception>
    public static void ThrowAny(IEnumerable<string?> faults)
    {
        if (string.Join('\n', faults.OfType<string>().Distinct()) is { Length: > 0 } all)
        {
            throw CliException.Usage($"{all}\nNothing was changed.");
        }
    }

    /// <summary>The names of the options that may stand there: the command's own, and those from above that hold for all below.</summary>
    public static IEnumerable<string> Options(SymbolResult? result) => result is CommandResult at
        ? Names(at.Command.Options.Concat(Above(at.Parent).Where(option => option.Recursive)))
        : [];

    private static string Message(ParseResult parsed, Command command) => parsed.UnmatchedTokens switch
    {
        [var token, ..] when token.StartsWith('-') =>
            $"Unknown option {Typed.Show(token)}.{Typed.Suggest(token, Options(parsed.CommandResult))}",
        [var token, ..] when command.Subcommands.Count > 0 => $"Unknown command {Typed.Show(token)}.{Typed.Suggest(token, Verbs(command))}",
        [var token, ..] => $"Unexpected argument {Typed.Show(token)}.",
        [] when parsed.Errors.All(error => error.SymbolResult is CommandResult) && command.Subcommands.Count > 0 =>
            $"'{Path(parsed.CommandResult)}' takes one of these commands: {string.Join(", ", Verbs(command))}.",
        [] => Printable.Of(parsed.Errors[0].Message),
    };

    private static IEnumerable<Option> Above(SymbolResult? result) =>
        result is CommandResult at ? at.Command.Options.Concat(Above(at.Parent)) : [];

    private static IEnumerable<string> Names(IEnumerable<Option> options) =>
        options.SelectMany(option => option.Aliases.Prepend(option.Name));

    private static IEnumerable<string> Verbs(Command command) => command.Subcommands.Select(verb => verb.Name);

    private static string Path(CommandResult result) => result.Parent is CommandResult parent
        ? $"{Path(parent)} {result.Command.Name}"
        : result.Command.Name;
}

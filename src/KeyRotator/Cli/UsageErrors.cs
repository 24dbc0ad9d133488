using System.CommandLine;

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

    private static string Message(ParseResult parsed, Command command) => parsed.UnmatchedTokens switch
    {
        [var token, ..] when token.StartsWith('-') => $"Unknown option {Typed.Show(token)}.{Typed.Suggest(token, Options(parsed.CommandResult))}",
        [var token, ..] when command.Subcommands.Count > 0 => $"Unknown command {Typed.Show(token)}.{Typed.Suggest(token, Verbs(command))}",
        [var token, ..] => $"Unexpected argument {Typed.Show(token)}.",
        [] when parsed.Errors.All(error => error.SymbolResult is System.CommandLine.Parsing.CommandResult) && command.Subcommands.Count > 0 =>
            $"'{Path(parsed.CommandResult)}' takes one of these commands: {string.Join(", ", Verbs(command))}.",
        [] => parsed.Errors[0].Message,
    };

    private static IEnumerable<string> Verbs(Command command) => command.Subcommands.Select(verb => verb.Name);

    private static IEnumerable<string> Options(System.CommandLine.Parsing.SymbolResult? result) => result is System.CommandLine.Parsing.CommandResult at
        ? at.Command.Options.SelectMany(option => option.Aliases.Prepend(option.Name)).Concat(Options(at.Parent))
        : [];

    private static string Path(System.CommandLine.Parsing.CommandResult result) => result.Parent is System.CommandLine.Parsing.CommandResult parent
        ? $"{Path(parent)} {result.Command.Name}"
        : result.Command.Name;
}

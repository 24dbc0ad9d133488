using System.CommandLine;
using KeyRotator.Cli.Output;

namespace KeyRotator.Cli;

/// <summary>The options that every verb takes.</summary>
internal sealed class CommonOptions
{
    /// <summary>Where the configuration is.</summary>
    public Option<string?> Config { get; } = new("--config")
    {
        Description = "A YAML file, or a folder of them. Else $KEYROTATOR_CONFIG, ./keyrotator.yaml, /etc/keyrotator/keyrotator.yaml",
        HelpName = "PATH",
        Recursive = true,
    };

    /// <summary>Where the token of whoever acts is. Never the token itself: arguments are seen by others.</summary>
    public Option<string?> OperatorTokenFile { get; } = new("--operator-token-file")
    {
        Description = "A file with your operator's token. Else $KEYROTATOR_OPERATOR_TOKEN",
        HelpName = "PATH",
        Recursive = true,
    };

    /// <summary>How to print.</summary>
    public Option<string> Output { get; } = RecursiveOutput();

    /// <summary>The configuration that was asked for, or null.</summary>
    public string? ConfigOf(ParseResult parsed) => parsed.GetValue(Config);

    /// <summary>The format that was asked for.</summary>
    public OutputFormat FormatOf(ParseResult parsed) => Choice.Of<OutputFormat>(parsed, Output);

    private static Option<string> RecursiveOutput()
    {
        var output = Choice.Option("--output", OutputFormat.Table, "How to print", "-o");
        output.Recursive = true;
        return output;
    }
}

using System.Text.RegularExpressions;
using KeyRotator.Cli.Output;
using KeyRotator.Configuration;
using KeyRotator.Configuration.Shapes;

namespace KeyRotator.Cli;

/// <summary>A database that is named on the command line, as <c>database:</c> of the configuration names it. Never with a password in it:
/// arguments are seen by others.</summary>
internal static partial class DatabaseArgument
{
    /// <summary>Reads it, with what <c>${NAME}</c> and <c>${file:/path}</c> stand for.</summary>
    /// <exception cref="CliException">It is none, or has a password in clear.</exception>
    public static DatabaseSettings Read(CliContext context, string option, string text)
    {
        if (Passwords().Matches(text).Any(match => !OneReference().IsMatch(match.Groups["password"].Value)))
        {
            throw CliException.Usage(
                $"{option} has a password in clear: every user of this machine sees the arguments of a program, and shells keep them. "
                + "Write ${NAME} or ${file:/path} in its place, in single quotes, and put it there. Change the password: it was seen.");
        }

        var expanded = new Interpolation(context.Environment).Expand(text, context.Directory);
        Parsed<DatabaseDraft> draft = expanded.Complaint is { } missing ? missing : DatabaseDraft.Read(expanded.Value ?? "");
        if (draft.Complaint is { } complaint)
        {
            var why = complaint.Text.Length == 0 ? "" : $": {Printable.Of(complaint.Text)}";
            throw CliException.Usage($"{option} is not {DatabaseDraft.Expected}{why}.");
        }

        return draft.Value switch
        {
            { Server: { } server } => new DatabaseSettings { Server = server },
            { Path: ":memory:" } => throw CliException.Usage($"{option} is a database in memory: nothing is in it, and nothing stays."),
            var file => new DatabaseSettings { Path = Path.GetFullPath(file?.Path ?? "", context.Directory) },
        };
    }

    /// <summary>Refuses a file that is not there: to open it would make an empty one.</summary>
    /// <exception cref="CliException">It is not there.</exception>
    public static void MustExist(string option, DatabaseSettings database)
    {
        if (database.Path is { } path && !File.Exists(path))
        {
            throw CliException.Usage($"{option}: there is no file {Printable.Of(path)}.");
        }
    }

    // Between the first colon behind the user and the last @ before the path, or behind password=.
    [GeneratedRegex(
        """^\w+://[^:/@?]*:(?<password>.*)@|\bpass(word|wd)?\s*=\s*(?<password>[^;&]*)""",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Passwords();

    [GeneratedRegex("""^\s*("?)\$\{[^}]+\}\1\s*\z""", RegexOptions.CultureInvariant)]
    private static partial Regex OneReference();
}

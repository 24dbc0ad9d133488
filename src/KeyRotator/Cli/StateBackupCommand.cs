using System.CommandLine;
using KeyRotator.Cli.Output;
using KeyRotator.State.Sqlite;

namespace KeyRotator.Cli;

/// <summary><c>state backup</c>: the database as it is now, in a file of its own. What works with it works on.</summary>
internal static class StateBackupCommand
{
    /// <summary>The verb.</summary>
    public static Command Create(CliContext context, CommonOptions common)
    {
        var file = new Argument<string>("file") { Description = "The file to write: nothing may be there yet", HelpName = "FILE" };
        var command = new Command("backup", "Write the SQLite database as it is now into another file") { file };
        command.SetAction(parsed =>
        {
            var database = SettingsSource.Load(context, common.ConfigOf(parsed)).Database;
            var path = database.Path ?? throw CliException.Usage(
                database.Server is { } server
                    ? $"{Printable.Of(server.ToString())} is backed up with PostgreSQL's own tools: "
                        + "pg_dump --format=custom --file=FILE"
                    : "The database is in memory only: there is nothing to back up.");
            DatabaseArgument.MustExist("database", database);
            var target = Path.GetFullPath(parsed.GetRequiredValue(file), context.Directory);
            Print(context, common.FormatOf(parsed), target, SqliteBackup.Write(path, target));
        });
        return command;
    }

    private static void Print(CliContext context, OutputFormat format, string file, long bytes)
    {
        if (format is OutputFormat.Table)
        {
            context.Out.WriteLine(FormattableString.Invariant($"Wrote {Printable.Of(file)}: {bytes} bytes."));
            context.Out.WriteLine("No key is in it. Keep it as you keep the database.");
            return;
        }

        JsonOutput.Write(context, json =>
        {
            json.WriteStartObject();
            json.WriteString("file", file);
            json.WriteNumber("bytes", bytes);
            json.WriteEndObject();
        });
    }
}

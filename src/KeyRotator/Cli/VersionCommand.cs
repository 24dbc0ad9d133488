using System.CommandLine;
using System.CommandLine.Invocation;
using System.Reflection;
using System.Runtime.InteropServices;
using KeyRotator.Cli.Output;
using KeyRotator.State.Sqlite;

namespace KeyRotator.Cli;

/// <summary><c>version</c>: what runs here.</summary>
internal static class VersionCommand
{
    /// <summary>The verb.</summary>
    public static Command Create(CliContext context, CommonOptions common)
    {
        var command = new Command("version", "Print the version of KeyRotator, .NET and SQLite");
        command.SetAction(parsed => Print(context, common.FormatOf(parsed)));
        return command;
    }

    /// <summary>The option <c>--version</c>, for those who look for it there.</summary>
    public static VersionOption Option(CliContext context) => new() { Description = "Print the version", Action = new Action(context) };

    /// <summary>KeyRotator's version, without the build's commit.</summary>
    public static string Number => Attribute?.InformationalVersion.Split('+')[0] ?? "0.0.0";

    private static AssemblyInformationalVersionAttribute? Attribute =>
        typeof(VersionCommand).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>();

    private static void Print(CliContext context, OutputFormat format)
    {
        var runtime = RuntimeInformation.FrameworkDescription;
        var sqlite = SystemSqlite.Version();
        if (format is OutputFormat.Table)
        {
            context.Out.WriteLine($"keyrotator {Number} ({runtime}, SQLite {sqlite})");
            return;
        }

        JsonOutput.Write(context, json =>
        {
            json.WriteStartObject();
            json.WriteString("version", Number);
            json.WriteString("runtime", runtime);
            json.WriteString("sqlite", sqlite);
            json.WriteEndObject();
        });
    }

    private sealed class Action(CliContext context) : SynchronousCommandLineAction
    {
        public override int Invoke(ParseResult parseResult)
        {
            Print(context, OutputFormat.Table);
            return (int)ExitCode.Success;
        }
    }
}

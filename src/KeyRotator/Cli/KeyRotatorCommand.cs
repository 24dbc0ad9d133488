using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Parsing;
using System.Diagnostics.CodeAnalysis;
using KeyRotator.Cli.Output;
using KeyRotator.Demo;
using KeyRotator.Rotation;
using KeyRotator.State;
using KeyRotator.Stores;

namespace KeyRotator.Cli;

/// <summary>The command line as a whole: every verb, one line each.</summary>
internal static class KeyRotatorCommand
{
    private const int HelpWidth = 80;

    /// <summary>The root of all verbs.</summary>
    public static Command Build(CliContext context) => Build(context, new CommonOptions());

    private static Command Build(CliContext context, CommonOptions common)
    {
        var rotations = new RotationsActCommand(context, common);
        return new Command("keyrotator", "Keeps an organisation's LLM API keys alive, in the right place, and replaced before they die.")
        {
            new HelpOption { Action = new HelpAction { MaxWidth = HelpWidth } },
            VersionCommand.Option(context),
            common.Config,
            common.Output,
            common.OperatorTokenFile,
            CheckCommand.Create(context, common),
            RunCommand.Create(context, common),
            HealthCommand.Create(context),
            StatusCommand.Create(context, common),
            new Command("keys", "The keys")
            {
                KeysListCommand.Create(context, common),
                KeysShowCommand.Create(context, common),
                KeysImportCommand.Create(context, common),
                KeysForgetCommand.Create(context, common),
                KeysSuspendCommand.Create(context, common),
                KeysResumeCommand.Create(context, common),
                KeysSyncCommand.Create(context, common),
            },
            RotateCommand.Create(context, common),
            new Command("rotations", "Replacements under way, and past ones")
            {
                RotationsListCommand.Create(context, common),
                RotationsShowCommand.Create(context, common),
                rotations.Resume(),
                rotations.Revoked(),
                rotations.RollBack(),
                rotations.Abandon(),
                rotations.Approve(),
                rotations.Close(),
                new RotationsRecoverCommand(context, common).Create(),
            },
            new Command("stores", "The configured stores")
            {
                StoresListCommand.Create(context, common),
                StoresTestCommand.Create(context, common),
            },
            new Command("providers", "The providers that KeyRotator knows")
            {
                ProvidersListCommand.Create(context, common),
                ProvidersShowCommand.Create(context, common),
            },
            new Command("alerts", "Alerts: their channels, who looks after what, what is silenced")
            {
                AlertsTestCommand.Create(context, common),
                AlertsEnableCommand.Create(context, common),
                new AlertsPreviewCommand(context, common).Create(),
                new AlertsAckCommand(context, common).Create(),
                new AlertsAckCommand(context, common).CreateUndo(),
                new AlertsSilenceCommand(context, common).Create(),
                AlertsSilencesCommand.Create(context, common),
                AlertsSilencesCommand.CreateEnd(context, common),
            },
            new Command("audit", "Every act that changed something")
            {
                AuditListCommand.Create(context, common),
                AuditExportCommand.Create(context, common),
                AuditVerifyCommand.Create(context, common),
            },
            new Command("state", "The database")
            {
                StateCopyCommand.Create(context, common),
                StateBackupCommand.Create(context, common),
            },
            new Command("config", "The configuration")
            {
                ConfigValidateCommand.Create(context, common),
                ConfigSchemaCommand.Create(context),
                ConfigShowCommand.Create(context, common),
            },
            DemoCommand.Create(context),
            VersionCommand.Create(context, common),
        };
    }

    /// <summary>Runs one command line and reports how it ended. Never throws.</summary>
    [SuppressMessage("Design", "CA1031", Justification = "The last place before the runtime's own report, a stack trace.")]
    public static async Task<int> RunAsync(IReadOnlyList<string> arguments, CliContext context, CancellationToken cancellationToken)
    {
        try
        {
            var exitCode = await InvokeAsync(arguments, context, cancellationToken);
            await context.Out.FlushAsync(CancellationToken.None);
            return exitCode;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return Report(context, ExitCode.Failed, "Interrupted.");
        }
        catch (CliException exception)
        {
            return Report(context, exception.ExitCode, exception.Message);
        }
        catch (Exception exception) when (
            exception is StateException or SecretStoreException or DemoException or RotationLostException or IOException
                or UnauthorizedAccessException)
        {
            return Report(context, ExitCode.Failed, Printable.Of(exception.Message));
        }
        catch (Exception exception)
        {
            return Report(context, ExitCode.Failed, $"Unexpected {exception.GetType().Name}: {Printable.Of(exception.Message)}");
        }
    }

    private static async Task<int> InvokeAsync(IReadOnlyList<string> arguments, CliContext context, CancellationToken cancellationToken)
    {
        // A value that starts with @ is a value: it does not name a file of further arguments.
        var configuration = new ParserConfiguration { ResponseFileTokenReplacer = null };
        var common = new CommonOptions();
        var parsed = Build(context, common).Parse(arguments.Count == 0 ? ["--help"] : arguments, configuration);
        if (parsed.Errors.Count > 0)
        {
            throw UsageErrors.Of(parsed);
        }

        context.Verb = VerbOf(parsed.CommandResult);
        context.OperatorTokenFile = parsed.GetValue(common.OperatorTokenFile);
        var invocation = new InvocationConfiguration
        {
            Output = context.Out,
            Error = context.Error,
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = null,
        };
        return await parsed.InvokeAsync(invocation, cancellationToken);
    }

    private static string VerbOf(CommandResult result) => result.Parent is CommandResult { Parent: not null } group
        ? $"{VerbOf(group)} {result.Command.Name}"
        : result.Command.Name;

    private static int Report(CliContext context, ExitCode exitCode, string message)
    {
        try
        {
            context.Out.Flush();
        }
        catch (IOException)
        {
            // The message is about that, or about what came before.
        }

        context.Error.WriteLine(message);
        return (int)exitCode;
    }
}

using System.CommandLine;
using KeyRotator.Cli.Output;

namespace KeyRotator.Cli;

/// <summary><c>status</c>: what is known, without probing.</summary>
internal static class StatusCommand
{
    /// <summary>The verb.</summary>
    public static Command Create(CliContext context, CommonOptions common)
    {
        var keys = NameArgument.Many("KEY", "Ids of keys; all where none is named");
        var failOn = Choice.Option("--fail-on", FailOn.Critical, "Exit with 3 where a finding is at least as severe");
        var command = new Command("status", "Print what is known of keys, without asking any provider") { keys, failOn };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var settings = SettingsSource.Load(context, common.ConfigOf(parsed));
            await using var workbench = await Workbench.OpenAsync(context, settings, cancellationToken);
            var chosen = KeySelection.Choose(workbench.Inventory, parsed.GetRequiredValue(keys));
            var isWhole = parsed.GetRequiredValue(keys).Length == 0;
            var channels = isWhole ? new ChannelReport(workbench.Database, settings) : null;
            var printer = new KeyReportPrinter(
                context, new KeyReportReader(workbench.Database, settings), channels);
            var tally = await printer.PrintAsync(chosen, null, common.FormatOf(parsed), cancellationToken);
            return (int)ExitCodes.For(new ExitFacts { Worst = tally.Worst }, Choice.Of<FailOn>(parsed, failOn));
        });
        return command;
    }
}

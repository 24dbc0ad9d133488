using System.CommandLine;
using KeyRotator.Cli.Output;
using KeyRotator.Demo;
using KeyRotator.Ledger;

namespace KeyRotator.Cli;

/// <summary><c>demo</c>: a story of six keys against emulated providers on this machine. Leaves nothing behind.</summary>
internal sealed class DemoCommand
{
    private const int MostColumns = 80;
    private const string NextSteps = """

        What to do next
           keyrotator check --from-env
              proves the keys that this shell has in its environment
           keyrotator keys import --from-env > keyrotator.yaml
              declares them in a file; add alerts: to it, see the README
           keyrotator run
              checks them on a schedule and alerts on what is wrong
        """;

    private static readonly TimeSpan s_wordTime = TimeSpan.FromMilliseconds(120);
    private static readonly TimeSpan s_confirmAfter = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_leastConfirmAfter = TimeSpan.FromSeconds(1);

    private readonly CliContext _context;
    private readonly Option<bool> _fast = new("--fast") { Description = "Leave no time to read" };

    private DemoCommand(CliContext context) => _context = context;

    /// <summary>The verb.</summary>
    public static Command Create(CliContext context)
    {
        var demo = new DemoCommand(context);
        var command = new Command(
            "demo", "See it all in a minute, against emulated providers on this machine: no account, no network") { demo._fast };
        command.SetAction(async (parsed, cancellationToken) => (int)await demo.RunAsync(parsed.GetValue(demo._fast), cancellationToken));
        return command;
    }

    private async Task<ExitCode> RunAsync(bool isFast, CancellationToken cancellationToken)
    {
        var clock = new DemoClock();
        var context = OnStage(clock);
        using var folder = new DemoFolder();
        await using var emulator = await ProviderEmulator.StartAsync(clock, cancellationToken);
        await using var receiver = await WebhookReceiver.StartAsync(clock, cancellationToken);
        var settings = DemoSettings.Load(folder, emulator, receiver, isFast ? s_leastConfirmAfter : s_confirmAfter, clock.GetUtcNow());
        await using var state = await settings.Database.OpenAsync(clock, cancellationToken);
        using var stage = new DemoStage(clock, emulator, receiver, settings, state);
        var story = new DemoStory(stage, Narrator(context, isFast));

        await context.Out.WriteLineAsync("KeyRotator demo: six keys on a bad day, in about a minute.");
        await story.TellAsync(folder.Path, cancellationToken);
        await context.Out.WriteLineAsync("\n6. Where things stand, as keyrotator status prints it\n");
        var printer = new KeyReportPrinter(context, new KeyReportReader(state, settings));
        await printer.PrintAsync(settings.Keys, null, OutputFormat.Table, cancellationToken);
        await context.Out.WriteLineAsync($"alerts: {story.Alerts} delivered, every signature verified");
        await context.Out.WriteLineAsync(NextSteps);
        return ExitCode.Success;
    }

    // Nobody reads along where the story goes into a file.
    private Narrator Narrator(CliContext context, bool isFast) =>
        new(context, isFast || !_context.IsOutputTerminal ? TimeSpan.Zero : s_wordTime);

    // A story is laid out for a terminal also where it goes into a file, but then without colours.
    private CliContext OnStage(TimeProvider clock) => _context with
    {
        Time = clock,
        AllowsColour = _context.IsOutputTerminal,
        IsOutputTerminal = true,
        Width = Math.Min(_context.Width, MostColumns),
    };
}

using System.CommandLine;
using KeyRotator.Cli.Output;
using KeyRotator.Demo;
using KeyRotator.State;

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
        var command = new Command("demo", "See it all in a minute, against emulated providers on this machine: no account, no network") { demo._fast };
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
        await using var state = await StateDatabase.OpenAsync(settings.Database.Path, clock, cancellationToken);
        using var stage = new DemoStage(clock, emulator, receiver, settings, state);
        var wordTime = isFast || !_context.IsOutputTerminal ? TimeSpan.Zero : s_wordTime;
        var narrator = new DemoNarrator(context.Out, context.Width, context.Paint, wordTime, clock);

        context.Out.WriteLine("KeyRotator demo: six keys on a bad day, in about a minute.");
        await narrator.SayAsync($"The providers and the receiver of alerts are emulated on this machine: no account, no network. The clock is set forward between checks. Everything is in {folder.Path}, and is removed at the end.", cancellationToken);
        var story = new DemoStory(stage, narrator);
        await story.TellAsync(cancellationToken);

        narrator.Act("5. Where things stand, as keyrotator status prints it");
        context.Out.WriteLine();
        await new KeyReportPrinter(context, new KeyReportReader(state, settings)).PrintAsync(settings.Keys, null, OutputFormat.Table, cancellationToken);
        context.Out.WriteLine($"alerts: {story.Alerts} delivered, every signature verified");
        context.Out.WriteLine(NextSteps);
        return ExitCode.Success;
    }

    // A story is laid out for a terminal also where it goes into a file, but then without colours.
    private CliContext OnStage(TimeProvider clock) => _context with
    {
        Time = clock,
        AllowsColour = _context.IsOutputTerminal,
        IsOutputTerminal = true,
        Width = Math.Min(_context.Width, MostColumns),
    };
}

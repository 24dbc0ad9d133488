using System.CommandLine;
using KeyRotator.Cli.Output;
using KeyRotator.Keys;
using KeyRotator.Rotation;

namespace KeyRotator.Cli;

/// <summary><c>keys sync</c>: the primary's value, proven, to every location that holds another one.</summary>
internal sealed class KeysSyncCommand
{
    private readonly CliContext _context;
    private readonly CommonOptions _common;
    private readonly Argument<string[]> _keys = NameArgument.Some("KEY", "Ids of keys");
    private readonly Option<string[]> _overwrite = new("--overwrite")
    {
        Description = "Replace a value that was never seen of this key, named by its fingerprint as it was shown; may be repeated",
        HelpName = "FINGERPRINT",
    };

    private readonly Option<bool> _dryRun = new("--dry-run")
    {
        Description = "Prove the primary's value and say what would be written; write nothing",
    };

    private KeysSyncCommand(CliContext context, CommonOptions common)
    {
        _context = context;
        _common = common;
    }

    /// <summary>The verb.</summary>
    public static Command Create(CliContext context, CommonOptions common)
    {
        var sync = new KeysSyncCommand(context, common);
        var command = new Command("sync", "Write the primary's proven value to the locations that hold another one")
        {
            sync._keys, sync._overwrite, sync._dryRun,
        };
        command.SetAction(async (parsed, cancellationToken) => (int)await sync.RunAsync(parsed, cancellationToken));
        return command;
    }

    private async Task<ExitCode> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var settings = SettingsSource.Load(_context, _common.ConfigOf(parsed));
        await using var workbench = await Workbench.OpenAsync(_context, settings, cancellationToken);
        var keys = KeySelection.Choose(workbench.Inventory, parsed.GetRequiredValue(_keys));
        var desk = _context.CreateRotations(workbench);
        var plans = await PlanAsync(desk, keys, parsed.GetValue(_overwrite) ?? [], cancellationToken);
        var batch = new RotationBatch(_context, workbench, desk, _common.FormatOf(parsed));
        foreach (var plan in plans)
        {
            await (parsed.GetValue(_dryRun)
                ? RehearseAsync(batch, desk, plan, cancellationToken)
                : batch.RunAsync(
                    plan.Request.Key, () => new SyncOffice(desk).OpenAsync(plan, cancellationToken), plan.Value, cancellationToken));
        }

        return await batch.FinishAsync(cancellationToken);
    }

    private async Task<IReadOnlyList<SyncPlan>> PlanAsync(
        RotationDesk desk, IReadOnlyList<ManagedKey> keys, IReadOnlyList<string> overwrites, CancellationToken cancellationToken)
    {
        var plans = new List<SyncPlan>();
        var faults = new List<string>();
        foreach (var key in keys)
        {
            try
            {
                var request = new RotationRequest { Key = key, Actor = _context.Actor, Overwrites = overwrites };
                plans.Add(await new SyncOffice(desk).PlanAsync(request, cancellationToken));
            }
            catch (RotationRefusedException refusal)
            {
                faults.AddRange(refusal.Message.Split('\n'));
            }
        }

        return faults.Count == 0
            ? plans
            : throw CliException.Usage($"{string.Join('\n', faults.Select(Printable.Of))}\nNothing was changed.");
    }

    private async Task RehearseAsync(RotationBatch batch, RotationDesk desk, SyncPlan plan, CancellationToken cancellationToken)
    {
        var key = plan.Request.Key;
        var teller = batch.TellerOf(key);
        if (!teller.IsJson)
        {
            _context.Out.WriteLine($"{key.Id}:");
        }

        var report = await new CandidateProof(desk).ProveAsync(key, plan.Value, isKnown: true, cancellationToken);
        teller.Tell(report);
        if (report.Passed)
        {
            var planned = plan.Locations.Select(
                location => location.Step is LocationStep.Done ? location with { Step = LocationStep.Written } : location);
            new RehearsalTeller(_context, teller).Tell(desk, key, [.. planned], dueAt: null);
        }

        var message = plan.IsInStep ? "nothing to do" : "would be brought in step";
        batch.Note(key, report.Refusal ?? message, report.Passed ? ExitCode.Success : ExitCode.OperatorNeeded);
    }
}

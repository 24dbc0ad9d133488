using System.CommandLine;
using KeyRotator.Cli.Output;
using KeyRotator.Keys;
using KeyRotator.Rotation;
using KeyRotator.Secrets;

namespace KeyRotator.Cli;

/// <summary><c>rotate</c>: takes a replacement, proves it, puts it in place everywhere, and reads it back.</summary>
internal sealed class RotateCommand
{
    private readonly CliContext _context;
    private readonly CommonOptions _common;
    private readonly Argument<string> _key = NameArgument.OneOrNone("KEY", "Id of the key to replace; none where a file names several");
    private readonly Option<string?> _file = new("--from-file")
    {
        Description =
            "Take the new value from a file; else from a hidden prompt or standard input. Without KEY: a YAML file, key ids to values",
        HelpName = "PATH",
    };

    private readonly RotateTerms _terms;
    private readonly Option<bool> _dryRun = new(
        "--dry-run")
    { Description = "Prove the new key and say what would be written; write nothing" };
    private readonly Option<bool> _detach = new("--detach")
    {
        Description = "Return once the new key is proven and recorded as far as it goes; run or check carries it on",
    };

    private RotateCommand(CliContext context, CommonOptions common)
    {
        _context = context;
        _common = common;
        _terms = new RotateTerms(context);
    }

    /// <summary>The verb.</summary>
    public static Command Create(CliContext context, CommonOptions common)
    {
        var rotate = new RotateCommand(context, common);
        var command = new Command("rotate", "Replace a key: prove the new value, put it in place everywhere, read it back")
        {
            rotate._key, rotate._file, rotate._dryRun, rotate._detach,
        };
        rotate._terms.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) => (int)await rotate.RunAsync(parsed, cancellationToken));
        return command;
    }

    private async Task<ExitCode> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var settings = SettingsSource.Load(_context, _common.ConfigOf(parsed));
        await using var workbench = await Workbench.OpenAsync(_context, settings, cancellationToken);
        if (parsed.GetValue(_key) is not { } name)
        {
            var several = new RotateSeveral(_context, workbench, parsed, _common.FormatOf(parsed))
            {
                Terms = _terms,
                IsRehearsal = parsed.GetValue(_dryRun),
                Detaches = parsed.GetValue(_detach),
            };
            return await several.RunAsync(parsed.GetValue(_file), cancellationToken);
        }

        var key = KeySelection.Choose(workbench.Inventory, [name])[0];
        var request = _terms.Read(parsed, key, settings.Providers[key.Provider]);
        var candidate = await new CandidateInput(_context).ReadAsync(
            parsed.GetValue(_file), $"New value of {key.Id}", cancellationToken);
        var desk = _context.CreateRotations(workbench);
        var teller = new RotationTeller(_context, _common.FormatOf(parsed));
        if (parsed.GetValue(_dryRun))
        {
            return await RehearseAsync(desk, request, candidate, teller, cancellationToken);
        }

        var journal = await PlannedAsync(office => office.OpenAsync(request, candidate, cancellationToken), desk);
        teller.Opened(journal.Rotation);
        journal.Told = teller.Tell;
        try
        {
            var runner = new RotationRunner(desk, journal) { Proven = teller.Tell, StopsWhenLive = true };
            var patience = parsed.GetValue(_detach) ? TimeSpan.Zero : TimeSpan.MaxValue;
            await runner.CarryOnAsync(candidate, patience, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw CliException.Failed(
                $"Interrupted. Nothing is lost: `keyrotator rotations show {journal.Rotation.Id}` says how it stands.");
        }
        finally
        {
            await journal.ReleaseAsync(CancellationToken.None);
        }

        if (journal.Rotation.LiveAt is not null)
        {
            await RotationFollowUp.CheckAsync(_context, workbench, key, cancellationToken);
        }

        teller.Stands(journal.Rotation, key, settings, _context.Time.GetUtcNow());
        return ExitOf(journal.Rotation);
    }

    private static async Task<T> PlannedAsync<T>(Func<RotationOffice, Task<T>> work, RotationDesk desk)
    {
        try
        {
            return await work(new RotationOffice(desk));
        }
        catch (RotationRefusedException refusal)
        {
            throw CliException.Usage($"{refusal.Message}\nNothing was changed.");
        }
    }

    private async Task<ExitCode> RehearseAsync(
        RotationDesk desk, RotationRequest request, SecretValue candidate, RotationTeller teller, CancellationToken cancellationToken)
    {
        var planned = await PlannedAsync(office => office.PlanAsync(request, candidate, cancellationToken), desk);
        var report = await new CandidateProof(desk).ProveAsync(request.Key, candidate, isKnown: false, cancellationToken);
        teller.Tell(report);
        if (report.Passed)
        {
            new RehearsalTeller(_context, teller).Tell(desk, request.Key, planned, request.At);
        }

        return report.Passed ? ExitCode.Success : ExitCode.OperatorNeeded;
    }

    /// <summary>What a rotation's standing means to whoever began it.</summary>
    public static ExitCode ExitOf(KeyRotation rotation) =>
        rotation is { Needs: not null } or { Phase: RotationPhase.Refused } or { AwaitsApproval: true }
            ? ExitCode.OperatorNeeded
            : ExitCode.Success;
}

using System.CommandLine;
using KeyRotator.Cli.Output;
using KeyRotator.Configuration;
using KeyRotator.Keys;
using KeyRotator.Rotation;
using KeyRotator.Secrets;
using KeyRotator.Validation;

namespace KeyRotator.Cli;

/// <summary><c>rotate</c>: takes a replacement, proves it, puts it in place everywhere, and reads it back.</summary>
internal sealed class RotateCommand
{
    private readonly CliContext _context;
    private readonly CommonOptions _common;
    private readonly Argument<string> _key = NameArgument.One("KEY", "Id of the key to replace");
    private readonly Option<string?> _file = new("--from-file")
    {
        Description = "Take the new value from a file; else from a hidden prompt or standard input",
        HelpName = "PATH",
    };

    private readonly Option<string?> _expires = new("--expires")
    {
        Description = "Last day on which the new key works",
        HelpName = "YYYY-MM-DD",
    };

    private readonly Option<string?> _grace = new(
        "--grace")
    { Description = "Time that consumers get to pick it up, as in 24h", HelpName = "SPAN" };
    private readonly Option<bool> _dryRun = new(
        "--dry-run")
    { Description = "Prove the new key and say what would be written; write nothing" };
    private readonly Option<bool> _emergency = new("--emergency") { Description = "The old key has leaked: no grace" };
    private readonly Option<bool> _noProof = new("--no-proof")
    {
        Description = "Do without proof that the old key is dead, where no store keeps its value",
    };

    private readonly Option<string[]> _overwrite = new("--overwrite")
    {
        Description = "Replace a value that was never seen of this key, named by its fingerprint as it was shown; may be repeated",
        HelpName = "FINGERPRINT",
    };

    private readonly Option<bool> _detach = new("--detach")
    {
        Description = "Return once the new key is proven and recorded as far as it goes; run or check carries it on",
    };

    private RotateCommand(CliContext context, CommonOptions common)
    {
        _context = context;
        _common = common;
    }

    /// <summary>The verb.</summary>
    public static Command Create(CliContext context, CommonOptions common)
    {
        var rotate = new RotateCommand(context, common);
        var command = new Command("rotate", "Replace a key: prove the new value, put it in place everywhere, read it back")
        {
            rotate._key, rotate._file, rotate._expires, rotate._grace, rotate._dryRun, rotate._emergency, rotate._noProof,
            rotate._overwrite, rotate._detach,
        };
        command.SetAction(async (parsed, cancellationToken) => (int)await rotate.RunAsync(parsed, cancellationToken));
        return command;
    }

    private async Task<ExitCode> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var settings = SettingsSource.Load(_context, _common.ConfigOf(parsed));
        await using var workbench = await Workbench.OpenAsync(_context, settings, cancellationToken);
        var key = KeySelection.Choose(workbench.Inventory, [parsed.GetRequiredValue(_key)])[0];
        var request = Request(parsed, key);
        var candidate = await new CandidateInput(_context).ReadAsync(
            parsed.GetValue(_file), $"New value of {key.Id}", cancellationToken);
        var desk = _context.CreateRotations(workbench);
        var teller = new RotationTeller(_context, _common.FormatOf(parsed));
        if (parsed.GetValue(_dryRun))
        {
            return await RehearseAsync(desk, key, candidate, teller, cancellationToken);
        }

        var journal = await OpenAsync(desk, request, candidate, cancellationToken);
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
            await CheckAsync(workbench, key, cancellationToken);
        }

        teller.Stands(journal.Rotation, key, settings, _context.Time.GetUtcNow());
        return ExitOf(journal.Rotation);
    }

    private RotationRequest Request(ParseResult parsed, ManagedKey key)
    {
        DateTimeOffset? expiresAt = null;
        if (parsed.GetValue(_expires) is { } expires)
        {
            expiresAt = ExpiryStatements.TryParse(expires, out var statement) && statement.FingerprintPrefix is null
                ? statement.ExpiresAt
                : throw CliException.Usage($"--expires takes a day as in 2027-01-31, not {Typed.Show(expires)}.");
        }

        TimeSpan? grace = null;
        if (parsed.GetValue(_grace) is { } text)
        {
            grace = Durations.TryParse(text, out var span)
                ? span
                : throw CliException.Usage($"--grace takes a span as in 24h or 0s, not {Typed.Show(text)}.");
        }

        return new RotationRequest
        {
            Key = key,
            Actor = _context.Actor,
            ExpiresAt = expiresAt,
            Grace = grace,
            IsEmergency = parsed.GetValue(_emergency),
            WaivesProof = parsed.GetValue(_noProof),
            Overwrites = parsed.GetValue(_overwrite) ?? [],
        };
    }

    private static async Task<RotationJournal> OpenAsync(
        RotationDesk desk, RotationRequest request, SecretValue candidate, CancellationToken cancellationToken)
    {
        try
        {
            return await new RotationOffice(desk).OpenAsync(request, candidate, cancellationToken);
        }
        catch (RotationRefusedException refusal)
        {
            throw CliException.Usage($"{refusal.Message}\nNothing was changed.");
        }
    }

    private static async Task<ExitCode> RehearseAsync(
        RotationDesk desk, ManagedKey key, SecretValue candidate, RotationTeller teller, CancellationToken cancellationToken)
    {
        var report = await new CandidateProof(desk).ProveAsync(key, candidate, isKnown: false, cancellationToken);
        teller.Tell(report);
        if (report.Passed)
        {
            teller.WouldWrite(key, desk.Stores);
        }

        return report.Passed ? ExitCode.Success : ExitCode.OperatorNeeded;
    }

    // The key's own record follows at once: version, verdict, findings.
    private async Task CheckAsync(Workbench workbench, ManagedKey key, CancellationToken cancellationToken)
    {
        var request = new CheckPassRequest([key], SendAlerts: true, IgnoreCadence: true);
        using var progress = new ProgressLine(_context);
        await _context.CreateCheckPass(workbench).RunAsync(request, progress, cancellationToken);
    }

    private static ExitCode ExitOf(KeyRotation rotation) =>
        rotation.Needs is not null || rotation.Phase is RotationPhase.Refused ? ExitCode.OperatorNeeded : ExitCode.Success;
}

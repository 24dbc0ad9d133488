using System.CommandLine;
using KeyRotator.Cli.Output;
using KeyRotator.Keys;
using KeyRotator.Rotation;
using KeyRotator.State;

namespace KeyRotator.Cli;

/// <summary><c>rotations resume|rollback|abandon|approve|revoked|close</c>: what an operator decides about an open rotation.</summary>
internal sealed class RotationsActCommand(CliContext context, CommonOptions common)
{
    private const int MostTries = 10;
    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    private delegate KeyRotation Act(KeyRotation rotation, DateTimeOffset now);

    /// <summary><c>resume</c>.</summary>
    public Command Resume()
    {
        var adopt = new Option<bool>("--adopt") { Description = "Take the value that somebody else wrote as the new one" };
        var overwrite = new Option<bool>("--overwrite") { Description = "Replace exactly the value that was shown" };
        var value = new Option<bool>("--value") { Description = "Hand the new value in again: hidden prompt, or standard input" };
        var id = Id();
        var command = new Command("resume", "Carry a rotation on that waits") { id, adopt, overwrite, value };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            Act act = (parsed.GetValue(adopt), parsed.GetValue(overwrite)) switch
            {
                (true, true) => throw CliException.Usage("Either --adopt or --overwrite, not both."),
                (true, false) => RotationActs.Adopt,
                (false, true) => RotationActs.Overwrite,
                _ => RotationActs.Resume,
            };
            return (int)await RunAsync(parsed, parsed.GetRequiredValue(id), act, parsed.GetValue(value), cancellationToken);
        });
        return command;
    }

    /// <summary><c>rollback</c>.</summary>
    public Command RollBack() => Of("rollback", "Put the old value back everywhere, while it still works", RotationActs.RollBack);

    /// <summary><c>abandon</c>.</summary>
    public Command Abandon()
    {
        var id = Id();
        var command = new Command("abandon", "Give a rotation up where it stands") { id };
        command.SetAction(async (parsed, cancellationToken) => await StrandedAsync(parsed, parsed.GetRequiredValue(id), cancellationToken)
            ? (int)ExitCode.Success
            : (int)await RunAsync(parsed, parsed.GetRequiredValue(id), RotationActs.Abandon, takesValue: false, cancellationToken));
        return command;
    }

    /// <summary><c>approve</c>.</summary>
    public Command Approve() => new RotationsApproveCommand(
        context,
        common,
        (parsed, id, act, cancellationToken) => RunAsync(parsed, id, new Act(act), takesValue: false, cancellationToken)).Create();

    /// <summary><c>revoked</c>.</summary>
    public Command Revoked() => Of("revoked", "Say that the old key was revoked: its death is proven now", RotationActs.Revoked);

    /// <summary><c>close</c>.</summary>
    public Command Close()
    {
        var revoked = new Option<bool>("--revoked") { Description = "You know that the old key is revoked: it must be said" };
        var id = Id();
        var command = new Command("close", "End a rotation whose old key nobody can prove dead") { id, revoked };
        command.Validators.Add(result =>
        {
            if (!result.GetValue(revoked))
            {
                result.AddError("Say --revoked where you know that the old key is revoked at its provider: nobody will prove it any more.");
            }
        });
        command.SetAction(async (parsed, cancellationToken) => await SettledAsync(parsed, parsed.GetRequiredValue(id), cancellationToken)
            ? (int)ExitCode.Success
            : (int)await RunAsync(parsed, parsed.GetRequiredValue(id), RotationActs.Close, takesValue: false, cancellationToken));
        return command;
    }

    private static Argument<long> Id() => new("ID") { Description = "Number of the rotation" };

    private Command Of(string name, string description, Act act)
    {
        var id = Id();
        var command = new Command(name, description) { id };
        command.SetAction(async (parsed, cancellationToken) =>
            (int)await RunAsync(parsed, parsed.GetRequiredValue(id), act, takesValue: false, cancellationToken));
        return command;
    }

    // One that has ended so already: the word takes its finding away.
    private async Task<bool> SettledAsync(ParseResult parsed, long id, CancellationToken cancellationToken)
    {
        await using var workbench = await Workbench.OpenAsync(
            context, SettingsSource.Load(context, common.ConfigOf(parsed)), cancellationToken);
        var isSettled = await new UnprovenDeaths(context.CreateRotations(workbench)).CloseAsync(id, context.Actor, cancellationToken);
        if (isSettled && common.FormatOf(parsed) is OutputFormat.Table)
        {
            context.Out.WriteLine($"Rotation {id} had ended without proof; its warning is gone.");
        }

        return isSettled;
    }

    // One whose key is configured no more: nothing but giving it up is left, and no store is touched.
    private async Task<bool> StrandedAsync(ParseResult parsed, long id, CancellationToken cancellationToken)
    {
        var settings = SettingsSource.Load(context, common.ConfigOf(parsed));
        await using var workbench = await Workbench.OpenAsync(context, settings, cancellationToken);
        var desk = context.CreateRotations(workbench);
        await desk.RefreshAsync(cancellationToken);
        if (await new StrandedRotations(desk, context.Actor).AbandonAsync(id, cancellationToken) is not { } given)
        {
            return false;
        }

        new RotationTeller(context, common.FormatOf(parsed)).Stands(given, null, settings, context.Time.GetUtcNow());
        return true;
    }

    private async Task<ExitCode> RunAsync(
        ParseResult parsed, long id, Act act, bool takesValue, CancellationToken cancellationToken)
    {
        var settings = SettingsSource.Load(context, common.ConfigOf(parsed));
        await using var workbench = await Workbench.OpenAsync(context, settings, cancellationToken);
        var desk = context.CreateRotations(workbench);
        await RequireOpenAsync(desk, id, cancellationToken);
        var value = takesValue
            ? await new CandidateInput(context).ReadAsync(null, "The same new value again", cancellationToken)
            : null;
        var journal = await TakeAsync(desk, id, cancellationToken);
        var teller = new RotationTeller(context, common.FormatOf(parsed));
        journal.Told = teller.Tell;
        try
        {
            if (value is not null && desk.Fingerprinter.Of(value) != journal.Rotation.NewFingerprint)
            {
                throw CliException.Usage("That is another value than the one this rotation began with. Nothing was changed.");
            }

            await ActAsync(desk, journal, act, cancellationToken);
            var runner = new RotationRunner(desk, journal) { Proven = teller.Tell };
            await runner.CarryOnAsync(value, s_patience, cancellationToken);
        }
        catch (RotationRefusedException refusal)
        {
            throw CliException.Usage($"{refusal.Message}\nNothing was changed.");
        }
        finally
        {
            await journal.ReleaseAsync(CancellationToken.None);
        }

        if (journal.Rotation is { Phase: RotationPhase.RolledBack } or { LiveAt: not null, EndedAt: null })
        {
            await RotationFollowUp.CheckAsync(context, workbench, journal.Key, cancellationToken);
        }

        teller.Stands(journal.Rotation, journal.Key, settings, context.Time.GetUtcNow());
        return journal.Rotation is { Needs: null, AwaitsApproval: false } ? ExitCode.Success : ExitCode.OperatorNeeded;
    }

    private async Task ActAsync(RotationDesk desk, RotationJournal journal, Act act, CancellationToken cancellationToken)
    {
        var next = act(journal.Rotation, context.Time.GetUtcNow());
        if (next.Phase is RotationPhase.RollingBack)
        {
            await ReproveAsync(desk, journal, cancellationToken);
        }

        var words = next.Terms.Approval is not null && journal.Rotation.Terms.Approval is null ? "approved it." : Words(next);
        await journal.DecideAsync(next, $"{context.Actor}: {words}", cancellationToken);
    }

    // What is put back must work: it is proven from where it lies before anything is touched.
    private static async Task ReproveAsync(RotationDesk desk, RotationJournal journal, CancellationToken cancellationToken)
    {
        async Task<bool> NoteAsync(RotationLocation location)
        {
            await new OldReaders(desk, journal).NoteAsync(location, cancellationToken);
            return true;
        }

        var old = await new ValueFinder(desk).OldAsync(journal.Rotation, NoteAsync, cancellationToken)
            ?? throw new RotationRefusedException("The old value is nowhere to be read: there is nothing to put back.");
        var report = await new CandidateProof(desk).ProveAsync(journal.Key, old, isKnown: true, cancellationToken);
        if (!report.Passed)
        {
            throw new RotationRefusedException($"The old key cannot be put back. {report.Refusal}");
        }
    }

    private async Task<RotationJournal> TakeAsync(RotationDesk desk, long id, CancellationToken cancellationToken)
    {
        var round = new RotationRound(desk, context.Actor);
        for (var tries = 1; tries <= MostTries; tries++)
        {
            if (await round.TakeAsync(id, cancellationToken) is { } journal)
            {
                return journal;
            }

            await Task.Delay(s_pause, context.Time, cancellationToken);
        }

        throw CliException.Usage(
            $"Somebody else works on rotation {id} now. See `keyrotator rotations show {id}`, and try again in two minutes. Nothing was "
            + "changed.");
    }

    private static async Task RequireOpenAsync(RotationDesk desk, long id, CancellationToken cancellationToken)
    {
        await desk.RefreshAsync(cancellationToken);
        await using var transaction = await desk.State.BeginReadAsync(cancellationToken);
        var rotation = await RotationTable.FindAsync(transaction, id, cancellationToken) ?? throw RotationsShowCommand.Unknown(id);
        if (rotation.EndedAt is not null)
        {
            throw CliException.Usage(
                $"Rotation {id} of {rotation.KeyId} has ended as {rotation.Phase}: {rotation.Outcome} Nothing was changed.");
        }

        if (Stranding.Why(rotation, desk.Inventory, desk.Stores.Keys.ToHashSet(StringComparer.Ordinal)) is { } why)
        {
            throw CliException.Usage($"Rotation {id}: {why} Nothing was changed.");
        }
    }

    private static string Words(KeyRotation next) => next.Phase switch
    {
        RotationPhase.RollingBack => "asked for the old value back.",
        RotationPhase.Abandoned or RotationPhase.Unproven => next.Outcome ?? "ended it.",
        _ when next.RevokedAt is not null => "said that the old key is revoked.",
        _ => "carried it on.",
    };
}

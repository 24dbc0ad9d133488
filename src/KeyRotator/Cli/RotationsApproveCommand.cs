using System.CommandLine;
using KeyRotator.Cli.Output;
using KeyRotator.Keys;
using KeyRotator.Rotation;
using KeyRotator.State;

namespace KeyRotator.Cli;

/// <summary><c>rotations approve</c>: shows what somebody else handed in, asks, and lets it go live.</summary>
internal sealed class RotationsApproveCommand(CliContext context, CommonOptions common, RotationsApproveCommand.CarryOn carryOn)
{
    private readonly Argument<long> _id = new("ID") { Description = "Number of the rotation" };
    private readonly Option<bool> _yes = new("--yes") { Description = "Approve without being asked, where you know what it is" };

    /// <summary>Decides about an open rotation, and carries it on.</summary>
    public delegate Task<ExitCode> CarryOn(
        ParseResult parsed, long id, Func<KeyRotation, DateTimeOffset, KeyRotation> act, CancellationToken cancellationToken);

    /// <summary>The verb.</summary>
    public Command Create()
    {
        var command = new Command("approve", "Let a rotation go live that somebody else handed in") { _id, _yes };
        command.SetAction(async (parsed, cancellationToken) => (int)await RunAsync(parsed, cancellationToken));
        return command;
    }

    private async Task<ExitCode> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var id = parsed.GetRequiredValue(_id);
        var isAsked = !parsed.GetValue(_yes);
        if (isAsked && !context.IsInputTerminal)
        {
            throw CliException.Usage(
                $"Nobody can be asked here. `keyrotator rotations show {id}` says what it is; say --yes to approve it. Nothing was changed.");
        }

        var isPassed = await ShowAsync(parsed, id, cancellationToken);
        if (!isPassed || (isAsked && !IsYes(new TerminalPrompt(context).ReadShown($"Let rotation {id} go live? [y/N]"))))
        {
            await context.Error.WriteLineAsync("Not approved. Nothing was changed.");
            return ExitCode.OperatorNeeded;
        }

        return await carryOn(
            parsed, id, (rotation, now) => RotationActs.Approve(rotation, context.Person, now), cancellationToken);
    }

    // Who may not is told so before anything is read.
    private async Task<bool> ShowAsync(ParseResult parsed, long id, CancellationToken cancellationToken)
    {
        var settings = SettingsSource.Load(context, common.ConfigOf(parsed));
        await using var workbench = await Workbench.OpenAsync(context, settings, cancellationToken);
        var desk = context.CreateRotations(workbench);
        var rotation = await FindAsync(desk, id, cancellationToken);
        var key = desk.Inventory.Find(rotation.KeyId) ?? throw CliException.Usage(
            $"Rotation {id} is of key {rotation.KeyId}, which is not configured any more. Nothing was changed.");
        try
        {
            RotationActs.Approve(rotation, context.Person, context.Time.GetUtcNow());
            var sheet = await ApprovalSheet.OfAsync(desk, rotation, key, cancellationToken);
            new ApprovalTeller(context, new RotationTeller(context, common.FormatOf(parsed))).Tell(rotation, key, sheet);
            return sheet.Report.Passed;
        }
        catch (RotationRefusedException refusal)
        {
            throw CliException.Usage($"{refusal.Message}\nNothing was changed.");
        }
    }

    private static async Task<KeyRotation> FindAsync(RotationDesk desk, long id, CancellationToken cancellationToken)
    {
        await desk.RefreshAsync(cancellationToken);
        await using var transaction = await desk.State.BeginReadAsync(cancellationToken);
        var rotation = await RotationTable.FindAsync(transaction, id, cancellationToken) ?? throw RotationsShowCommand.Unknown(id);
        return rotation.EndedAt is null ? rotation : throw CliException.Usage(
            $"Rotation {id} of {rotation.KeyId} has ended as {rotation.Phase}: {rotation.Outcome} Nothing was changed.");
    }

    private static bool IsYes(string answer) => answer.Trim() is "y" or "Y" or "yes";
}

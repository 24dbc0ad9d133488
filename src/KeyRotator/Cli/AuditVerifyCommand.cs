using System.CommandLine;
using KeyRotator.Audit;
using KeyRotator.Cli.Output;
using KeyRotator.Ledger;
using KeyRotator.State;

namespace KeyRotator.Cli;

/// <summary><c>audit verify</c>: whether every row is the one that was recorded behind the row before it.</summary>
internal static class AuditVerifyCommand
{
    /// <summary>The verb.</summary>
    public static Command Create(CliContext context, CommonOptions common)
    {
        var head = AuditOptions.Head();
        var command = new Command("verify", "Check the chain of hashes over all acts, and print its head") { head };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var known = AuditOptions.HeadOf(parsed.GetValue(head));
            var settings = SettingsSource.Load(context, common.ConfigOf(parsed));
            await using var workbench = await Workbench.OpenAsync(context, settings, cancellationToken);
            var seen = await WalkAsync(workbench.Database, known, cancellationToken);
            if (common.FormatOf(parsed) is OutputFormat.Json)
            {
                WriteJson(context, seen, known);
            }
            else
            {
                WriteText(context, seen, known);
            }

            return (int)(seen.Proof is AuditProof.Broken or AuditProof.HeadIsGone ? ExitCode.Failed : ExitCode.Success);
        });
        return command;
    }

    private static async Task<Verification> WalkAsync(StateDatabase database, AuditHead? known, CancellationToken cancellationToken)
    {
        await using var transaction = await database.BeginReadAsync(cancellationToken);
        var checkpoint = await AuditTable.CheckpointAsync(transaction, cancellationToken);
        var walk = await AuditWatch.WalkAsync(transaction, known, cancellationToken);
        return new(walk.Finish(), walk.Break, checkpoint, walk.Last);
    }

    private static void WriteText(CliContext context, Verification seen, AuditHead? known)
    {
        var first = (seen.Checkpoint?.Sequence ?? 0) + 1;
        context.Out.WriteLine(seen switch
        {
            { Break: { } fault } => $"broken at row {fault.Sequence}: {fault.What}.",
            { Last: null } => "The audit is empty: nothing was done yet.",
            { Last: { } last } => $"The chain is whole from row {first} to row {last.Sequence}.",
        });
        if (seen.Checkpoint is { } checkpoint && seen.Break is null)
        {
            context.Out.WriteLine($"Rows up to {checkpoint.Sequence} were removed for their age, behind a checkpoint.");
        }

        if (seen.Proof is AuditProof.WholeAndHeadHolds)
        {
            context.Out.WriteLine($"The head that was given holds: nothing up to row {known?.Sequence} was changed or cut.");
        }
        else if (seen.Proof is AuditProof.HeadIsGone)
        {
            context.Out.WriteLine(
                $"That proves nothing of row {known?.Sequence}, whose head was given: it is among the rows that were removed. "
                + "Give a later head.");
        }

        if (seen is { Break: null, Last: { } head })
        {
            context.Out.WriteLine($"head {head}");
        }
    }

    private static void WriteJson(CliContext context, Verification seen, AuditHead? known) => JsonOutput.Write(context, json =>
    {
        json.WriteStartObject();
        json.WriteBoolean("whole", seen.Break is null);
        AuditJson.Write(json, "head", seen.Break is null ? seen.Last : null);
        AuditJson.Write(json, "checkpoint", seen.Checkpoint);
        json.WriteString("proof", seen.Proof.ToString());
        if (seen.Break is { } fault)
        {
            json.WriteNumber("brokenAt", fault.Sequence);
        }
        else
        {
            json.WriteNull("brokenAt");
        }

        json.WriteString("fault", seen.Break?.What);
        AuditJson.Write(json, "givenHead", known);
        json.WriteEndObject();
    });

    private sealed record Verification(AuditProof Proof, AuditBreak? Break, AuditHead? Checkpoint, AuditHead? Last);
}

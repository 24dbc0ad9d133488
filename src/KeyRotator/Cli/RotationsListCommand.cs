using System.CommandLine;
using KeyRotator.Cli.Output;
using KeyRotator.Rotation;
using KeyRotator.State;

namespace KeyRotator.Cli;

/// <summary><c>rotations list</c>: the open rotations, or all.</summary>
internal static class RotationsListCommand
{
    private const int Most = 1000;

    /// <summary>The verb.</summary>
    public static Command Create(CliContext context, CommonOptions common)
    {
        var all = new Option<bool>("--all") { Description = "Those that have ended too" };
        var command = new Command("list", "List the open rotations") { all };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var settings = SettingsSource.Load(context, common.ConfigOf(parsed));
            await using var workbench = await Workbench.OpenAsync(context, settings, cancellationToken);
            await using var transaction = await workbench.Database.BeginReadAsync(cancellationToken);
            var rotations = await RotationTable.ListAsync(transaction, parsed.GetValue(all), Most, cancellationToken);
            if (common.FormatOf(parsed) is OutputFormat.Json)
            {
                JsonOutput.Write(context, json =>
                {
                    json.WriteStartArray();
                    foreach (var rotation in rotations)
                    {
                        json.WriteStartObject();
                        RotationJson.Write(json, rotation);
                        json.WriteEndObject();
                    }

                    json.WriteEndArray();
                });
                return;
            }

            var table = new TextTable(
                new("ID"), new("KEY", Cut.Middle, 12), new("PHASE"), new("OLD"), new("NEW"), new("SINCE"), new("NEXT", Cut.End, 12));
            var now = context.Time.GetUtcNow();
            var stores = settings.Stores.Keys.ToHashSet(StringComparer.Ordinal);
            foreach (var rotation in rotations)
            {
                var next = rotation.EndedAt is not null
                    ? "-"
                    : rotation.Needs is not null || Stranding.Why(rotation, workbench.Inventory, stores) is not null ? "waits for you"
                    : rotation.AwaitsApproval ? "waits for approval" : TimeText.Ago(rotation.NextAt, now);
                table.Add(
                    $"{rotation.Id}", rotation.KeyId.Value, rotation.Phase.ToString(), rotation.OldFingerprint?.Short ?? "-",
                    rotation.NewFingerprint.Short, TimeText.Ago(rotation.SubmittedAt, now), next);
            }

            table.Write(context.Out, context.LineWidth, context.Paint);
        });
        return command;
    }
}

using System.CommandLine;
using KeyRotator.Cli.Output;
using KeyRotator.Configuration;
using KeyRotator.Keys;
using KeyRotator.Rotation;
using KeyRotator.State;

namespace KeyRotator.Cli;

/// <summary><c>rotations show</c>: what was done when, where each location stands, what happens next, what to do now.</summary>
internal static class RotationsShowCommand
{
    private const int NameWidth = 12;

    /// <summary>The verb.</summary>
    public static Command Create(CliContext context, CommonOptions common)
    {
        var id = new Argument<long>("ID") { Description = "Number of the rotation" };
        var command = new Command("show", "Show one rotation's story") { id };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var settings = SettingsSource.Load(context, common.ConfigOf(parsed));
            await using var workbench = await Workbench.OpenAsync(context, settings, cancellationToken);
            await using var transaction = await workbench.Database.BeginReadAsync(cancellationToken);
            var number = parsed.GetRequiredValue(id);
            var rotation = await RotationTable.FindAsync(transaction, number, cancellationToken)
                ?? throw Unknown(number);
            var events = await RotationEventTable.OfAsync(transaction, number, cancellationToken);
            var key = workbench.Inventory.Find(rotation.KeyId);
            var stranded = Stranding.Why(rotation, workbench.Inventory, settings.Stores.Keys.ToHashSet(StringComparer.Ordinal));
            if (common.FormatOf(parsed) is OutputFormat.Json)
            {
                var console = key is null ? null : settings.RevokeUrl(key);
                var next = RotationAdvice.Of(rotation, console, context.Time.GetUtcNow(), stranded);
                JsonOutput.Write(context, json => RotationJson.WriteStory(json, rotation, events, next));
                return;
            }

            Describe(context, rotation, key is null ? null : settings.RevokeUrl(key), events);
            new RotationTeller(context, OutputFormat.Table).Stands(rotation, key, settings, context.Time.GetUtcNow(), stranded);
        });
        return command;
    }

    /// <summary>There is no such rotation.</summary>
    public static CliException Unknown(long number) =>
        CliException.Usage($"There is no rotation {number}. See `keyrotator rotations list --all`.");

    private static void Describe(
        CliContext context, KeyRotation rotation, string? console, IReadOnlyList<RotationEvent> events)
    {
        var fields = new FieldList(context, NameWidth);
        fields.Write("rotation", $"{rotation.Id} of {rotation.KeyId}{(rotation.IsEmergency ? ", emergency" : "")}");
        fields.Write("phase", rotation.Phase.ToString());
        fields.Write("by", $"{rotation.Actor}, {TimeText.Instant(rotation.SubmittedAt)}");
        fields.Write("old", rotation.OldFingerprint?.Short);
        fields.Write("new", rotation.NewFingerprint.Short);
        fields.Write("locations", [.. rotation.Locations.Select(Describe)]);
        fields.Write("copy of old", rotation.Kept is { } kept ? Describe(kept) : null);
        fields.Write("waits at", rotation.Held is { } held ? Describe(held) : null);
        fields.Write("goes live", rotation.Terms.DueAt is { } dueAt ? TimeText.Instant(dueAt) : null);
        fields.Write("approval", Approval(rotation));
        fields.Write("revoke at", console);
        fields.Write("story", [.. events.Select(told => $"{TimeText.Instant(told.At)}  {told.Actor}: {told.What}")]);
    }

    private static string? Approval(KeyRotation rotation) => rotation.Terms switch
    {
        { Approvals: 0 } => null,
        { Approval: { } given } => $"by {given.By}, {TimeText.Instant(given.At)}",
        _ => "none yet",
    };

    private static string Describe(RotationLocation location)
    {
        var fault = location.Fault is null ? "" : $": {location.Fault}";
        var foreign = location.Foreign is { } seen
            ? $": somebody else's value {seen.Fingerprint?.Short ?? "(none)"}, version {seen.Version}"
            : "";
        return $"{location.Location}  {location.Step}{fault}{foreign}{CareText.Of(location)}";
    }
}

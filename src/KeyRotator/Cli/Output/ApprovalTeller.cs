using System.Text.Json;
using KeyRotator.Keys;
using KeyRotator.Rotation;

namespace KeyRotator.Cli.Output;

/// <summary>Shows a rotation to whoever is to approve it.</summary>
internal sealed class ApprovalTeller(CliContext context, RotationTeller teller)
{
    private const int NameWidth = 12;

    /// <summary>What it is, how its tests come out now, and what the new key sees that the old one did not, or the other way
    /// round.</summary>
    public void Tell(KeyRotation rotation, ManagedKey key, ApprovalSheet sheet)
    {
        if (teller.IsJson)
        {
            teller.Line(json => Write(json, rotation, key, sheet));
        }
        else
        {
            Print(rotation, key, sheet);
        }

        teller.Tell(sheet.Report);
    }

    private void Print(KeyRotation rotation, ManagedKey key, ApprovalSheet sheet)
    {
        var fields = new FieldList(context, NameWidth);
        fields.Write("rotation", $"{rotation.Id} of {rotation.KeyId}{(rotation.IsEmergency ? ", emergency" : "")}");
        fields.Write("by", $"{rotation.Actor}, {TimeText.Instant(rotation.SubmittedAt)}");
        fields.Write("provider", key.Provider);
        fields.Write("account", sheet.Report.Answer?.Account ?? "the provider does not tell");
        fields.Write("old", rotation.OldFingerprint?.Short ?? "no value");
        fields.Write("new", rotation.NewFingerprint.Short);
        fields.Write("written to", [.. rotation.Locations.Select(location => location.Location.ToString())]);
        fields.Write("goes live", rotation.Terms.DueAt is { } dueAt ? TimeText.Instant(dueAt) : "as soon as it is approved");
        fields.Write("models", Models(sheet));
    }

    private static IReadOnlyList<string> Models(ApprovalSheet sheet) => (sheet.Lost, sheet.Gained) switch
    {
        (_, null) => ["not compared: no list of the old key's is on record, or the answer had none"],
        ({ Count: 0 }, { Count: 0 }) => ["the same as the old key's"],
        (var lost, var gained) =>
        [
            .. lost is null ? ["the list is not whole: what is missing from it may exist"] : Listed("not any more", lost),
            .. Listed("new", gained),
        ],
    };

    private static IReadOnlyList<string> Listed(string title, IReadOnlyList<string> models) =>
        models.Count == 0 ? [] : [$"{title}: {string.Join(", ", models)}"];

    private static void Write(Utf8JsonWriter json, KeyRotation rotation, ManagedKey key, ApprovalSheet sheet)
    {
        json.WriteStartObject("approval");
        json.WriteNumber("id", rotation.Id);
        json.WriteString("key", rotation.KeyId.Value);
        json.WriteString("submittedBy", rotation.Actor);
        json.WriteTime("submittedAt", rotation.SubmittedAt);
        json.WriteString("provider", key.Provider);
        json.WriteString("account", sheet.Report.Answer?.Account);
        json.WriteString("oldFingerprint", rotation.OldFingerprint?.Short);
        json.WriteString("newFingerprint", rotation.NewFingerprint.Short);
        json.WriteBoolean("emergency", rotation.IsEmergency);
        json.WriteStrings("locations", [.. rotation.Locations.Select(location => location.Location.ToString())]);
        json.WriteTime("dueAt", rotation.Terms.DueAt);
        WriteModels(json, "modelsLost", sheet.Lost);
        WriteModels(json, "modelsGained", sheet.Gained);
        json.WriteEndObject();
    }

    private static void WriteModels(Utf8JsonWriter json, string name, IReadOnlyList<string>? models)
    {
        if (models is null)
        {
            json.WriteNull(name);
        }
        else
        {
            json.WriteStrings(name, models);
        }
    }
}

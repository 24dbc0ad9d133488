using System.Text.Json;
using KeyRotator.Configuration;
using KeyRotator.Keys;
using KeyRotator.Rotation;
using KeyRotator.Stores;

namespace KeyRotator.Cli.Output;

/// <summary>Tells what a rotation would write, and how.</summary>
internal sealed class RehearsalTeller(CliContext context, RotationTeller teller)
{
    private const int Indent = 10;

    /// <summary>A line or more for each location.</summary>
    public void Tell(RotationDesk desk, ManagedKey key, IReadOnlyList<RotationLocation> planned, DateTimeOffset? dueAt)
    {
        foreach (var location in planned)
        {
            var store = desk.Stores[location.Location.Store];
            if (location.Step is LocationStep.Written)
            {
                Tell(location.Location, "holds the new value already", null, new WritePlan([], []));
                continue;
            }

            if (location.IsHeld)
            {
                var holding = WritePlans.Of(KindOf(desk.Settings, store), store, location.Location, location.Before is not null, purges: false);
                Tell(location.Location, $"would hold it until {Until(key, dueAt)}, then it would be removed there", null, holding);
                continue;
            }

            if (WriteGroup.LeaderOf(location, planned) is { } leader)
            {
                Tell(location.Location, $"would be written by the same calls as {leader.Location}", location.Before?.Short, new WritePlan([], []));
                continue;
            }

            var how = store is IStagingSecretStore { Capabilities.CanStage: true }
                ? "would be staged, read back, made current, read back"
                : "would be written for all readers at once, read back";
            var plan = WritePlans.Of(KindOf(desk.Settings, store), store, location.Location, location.Before is not null, key.Policy.Purge);
            Tell(location.Location, how, location.Before?.Short, plan);
        }

        foreach (var location in key.Locations.Where(location => location.Follows is not null))
        {
            Tell(location, $"is written by another system within {TimeText.Span(location.Follows!.Value)}", null, new WritePlan([], []));
        }

        if (!teller.IsJson)
        {
            context.Out.WriteLine("Nothing was written.");
        }
    }

    private static string Until(ManagedKey key, DateTimeOffset? dueAt)
    {
        var time = dueAt is { } at ? TimeText.Instant(at) : null;
        return key.Policy.Approvals == 0 ? time ?? "its time"
            : time is null ? "somebody else approves it" : $"somebody else approves it, and {time}";
    }

    private static string KindOf(Settings settings, ISecretStore store) => settings.Stores[store.Name].Kind;

    private void Tell(SecretLocation location, string how, string? replaced, WritePlan plan)
    {
        if (teller.IsJson)
        {
            teller.Line(json => Write(json, location, how, replaced, plan));
            return;
        }

        context.Out.WriteLine(Printable.Of($"{location} {how}{(replaced is null ? "" : $"; it replaces {replaced}")}"));
        TellOf("calls", plan.Calls ?? []);
        TellOf("later", plan.Later);
        TellOf("needs", plan.Permissions);
    }

    private void TellOf(string title, IReadOnlyList<string> items)
    {
        if (items.Count > 0)
        {
            var text = Printable.Of(string.Join(", ", items));
            context.Out.WriteLine($"  {title}:  {TextWrap.Wrap(text, context.LineWidth, Indent)}");
        }
    }

    private static void Write(Utf8JsonWriter json, SecretLocation location, string how, string? replaced, WritePlan plan)
    {
        json.WriteString("location", location.ToString());
        json.WriteString("plan", how);
        json.WriteString("replaces", replaced);
        if (plan.Calls is null)
        {
            json.WriteNull("calls");
        }
        else
        {
            json.WriteStrings("calls", plan.Calls);
        }

        json.WriteStrings("permissions", plan.Permissions);
        json.WriteStrings("later", plan.Later);
    }
}

using System.CommandLine;
using KeyRotator.Cli.Output;
using KeyRotator.Findings;

namespace KeyRotator.Cli;

/// <summary><c>alerts ack</c> and <c>alerts unack</c>: an operator says that somebody looks after open findings, and that nobody does any
/// more.</summary>
internal sealed class AlertsAckCommand(CliContext context, CommonOptions common)
{
    private readonly Argument<string[]> _names =
        NameArgument.Some("KEY|FINDING", "A key (all that is open about it), KEY/REASON, or a finding's id as in fnd_…");

    private readonly Option<string> _for = new("--for")
    {
        Description = "For how long nobody is reminded, 5m to 30d",
        HelpName = "SPAN",
        DefaultValueFactory = _ => "24h",
    };

    private readonly Option<string?> _reason = new("--reason") { Description = "Why, or by which ticket", HelpName = "TEXT" };

    /// <summary>The verb that says so.</summary>
    public Command Create()
    {
        var command = new Command("ack", "Say that you look after open findings: nobody is reminded of them meanwhile")
        {
            _names, _for, _reason,
        };
        command.SetAction(AcknowledgeAsync);
        return command;
    }

    /// <summary>The verb that takes it back.</summary>
    public Command CreateUndo()
    {
        var command = new Command("unack", "Say that nobody looks after findings any more: reminders go on") { _names };
        command.SetAction(ReleaseAsync);
        return command;
    }

    private async Task AcknowledgeAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var now = context.Time.GetUtcNow();
        var reason = parsed.GetValue(_reason);
        string?[] faults =
        [
            ForTime.Fault(parsed.GetRequiredValue(_for), out var span), reason is null ? null : ReasonText.Fault(reason),
        ];
        UsageErrors.ThrowAny(faults);
        var settings = SettingsSource.Load(context, common.ConfigOf(parsed));
        await using var workbench = await Workbench.OpenAsync(context, settings, cancellationToken);
        var ack = new Acknowledgement { By = context.Actor, At = now, Until = now + span, Reason = reason?.Trim() };
        var before = await workbench.Acknowledgements.SayAsync(
            open => Names(workbench, open).Choose(parsed.GetRequiredValue(_names)), ack, cancellationToken);
        Tell(workbench, parsed, "acknowledged", before, finding => Line(finding, ack, now));
    }

    private async Task ReleaseAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var settings = SettingsSource.Load(context, common.ConfigOf(parsed));
        await using var workbench = await Workbench.OpenAsync(context, settings, cancellationToken);
        var before = await workbench.Acknowledgements.SayAsync(
            open => Acknowledged(Names(workbench, open).Choose(parsed.GetRequiredValue(_names))), null, cancellationToken);
        Tell(workbench, parsed, "released", before, finding => $"released {About(finding)}: reminders go on");
    }

    // Of a key with several, those that somebody looks after.
    private static List<Finding> Acknowledged(IReadOnlyList<Finding> chosen)
    {
        List<Finding> acknowledged = [.. chosen.Where(finding => finding.Ack is not null)];
        return acknowledged.Count > 0 ? acknowledged : throw CliException.Usage(
            $"{string.Join('\n', chosen.Select(finding => $"{About(finding)} is not acknowledged."))}\nNothing was changed.");
    }

    private static FindingNames Names(Workbench workbench, IReadOnlyList<Finding> open) =>
        new(workbench.Inventory, workbench.Findings, open);

    private static string Line(Finding before, Acknowledgement ack, DateTimeOffset now)
    {
        var earlier = before.Ack is { } other && other.Holds(now)
            ? $" (before, by {Printable.Of(other.By)} until {TimeText.Instant(other.Until)})" : "";
        return $"acknowledged {About(before)} until {TimeText.Instant(ack.Until)}: nobody is reminded of it until then, unless it gets "
            + $"worse{earlier}";
    }

    private static string About(Finding finding) => $"{Printable.Of(finding.Key.Subject.Name)}/{finding.Key.Reason}";

    private void Tell(
        Workbench workbench, ParseResult parsed, string member, IReadOnlyList<Finding> findings, Func<Finding, string> line)
    {
        if (common.FormatOf(parsed) is OutputFormat.Table)
        {
            foreach (var finding in findings)
            {
                context.Out.WriteLine(line(finding));
            }

            return;
        }

        JsonOutput.Write(context, json =>
        {
            json.WriteStartObject();
            json.WriteStrings(member, findings.Select(finding => workbench.Findings.Shown(finding).Id));
            json.WriteEndObject();
        });
    }
}

using System.CommandLine;
using System.Text.Json;
using KeyRotator.Cli.Output;
using KeyRotator.Findings;
using KeyRotator.Ledger;

namespace KeyRotator.Cli;

/// <summary><c>alerts preview</c>: what would be told to whom, without telling anybody and without writing anything.</summary>
internal sealed class AlertsPreviewCommand(CliContext context, CommonOptions common)
{
    private readonly Option<string?> _channel = new("--channel") { Description = "Only what this channel would get", HelpName = "NAME" };
    private readonly Option<string?> _key = new("--key") { Description = "Only what is about this key", HelpName = "KEY" };
    private readonly Option<bool> _payload = new("--payload")
    {
        Description = "Print the bodies that --channel would get, each finding by itself; no address and no secret",
    };

    /// <summary>The verb.</summary>
    public Command Create()
    {
        var command = new Command("preview", "Show what would be sent to whom, and why not, without sending") { _channel, _key, _payload };
        command.SetAction(RunAsync);
        return command;
    }

    private async Task RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var (name, key) = (parsed.GetValue(_channel), parsed.GetValue(_key));
        var settings = SettingsSource.Load(context, common.ConfigOf(parsed));
        var channel = name is null ? null : NameArgument.Resolve("channel", settings.Channels, [name])[0];
        if (parsed.GetValue(_payload) && channel is null)
        {
            throw CliException.Usage("--payload wants --channel: every kind of channel has a body of its own.");
        }

        await using var workbench = await Workbench.OpenAsync(context, settings, cancellationToken);
        var wanted = key is null ? null : KeySelection.Choose(workbench.Inventory, [key])[0].Id.Value;
        var all = await new AlertPreview(workbench.Database, settings, workbench.Findings, context.Time).ReadAsync(cancellationToken);
        List<PreviewLine> lines =
            [.. all.Where(line => (name is null || line.Channel == name) && (wanted is null || IsAbout(line, wanted)))];
        var format = common.FormatOf(parsed);
        if (parsed.GetValue(_payload))
        {
            PreviewPayload.Write(context, format, lines, channel!);
            return;
        }

        Write(lines, format);
    }

    private static bool IsAbout(PreviewLine line, string key) => line.Alert.Findings.Any(finding =>
        finding.SubjectKind is SubjectKind.Key && finding.Subject == key);

    private void Write(List<PreviewLine> lines, OutputFormat format)
    {
        if (format is OutputFormat.Json)
        {
            JsonOutput.Write(context, json =>
            {
                json.WriteStartArray();
                lines.ForEach(line => Write(json, line));
                json.WriteEndArray();
            });
            return;
        }

        if (lines.Count == 0)
        {
            context.Out.WriteLine("Nothing would be sent: nothing is open, and nothing waits.");
            return;
        }

        var table = new TextTable(
            new("SEVERITY"), new("REASON"), new("ABOUT", Cut.Middle, 12), new("CHANNEL", Cut.Middle, 8), new("TELLS"), new(
                "WHEN", Cut.End, 24));
        foreach (var line in lines)
        {
            var alert = line.Alert;
            var (reason, about) = alert.Findings is [var finding]
                ? (finding.Reason.ToString(), finding.Subject)
                : ("-", KeyTable.Count(alert.Findings.Count + alert.Omitted, "finding"));
            table.Add(
                alert.Severity.ToString(), reason, about, line.Channel, line.Channel is null ? null : alert.Kind.ToString(), When(line));
        }

        table.Write(context.Out, context.LineWidth, context.Paint);
    }

    private static string When(PreviewLine line) => line switch
    {
        { State: PreviewState.Due } => "now",
        { State: PreviewState.Later, At: { } at } => $"at {TimeText.Instant(at)}: {line.Why}",
        { At: { } until } => $"not before {TimeText.Instant(until)}: {line.Why}",
        _ => $"not: {line.Why}",
    };

    private static void Write(Utf8JsonWriter json, PreviewLine line)
    {
        var finding = line.Alert.Findings is [var only] ? only : null;
        json.WriteStartObject();
        json.WriteString("finding", finding?.Id);
        json.WriteString("severity", line.Alert.Severity.ToString());
        json.WriteString("reason", finding?.Reason.ToString());
        json.WriteString("subjectKind", finding?.SubjectKind.ToString());
        json.WriteString("subject", finding?.Subject);
        json.WriteNumber("findings", line.Alert.Findings.Count + line.Alert.Omitted);
        json.WriteString("channel", line.Channel);
        json.WriteString("kind", line.Channel is null ? null : line.Alert.Kind.ToString());
        json.WriteString("state", line.State.ToString());
        json.WriteTime("at", line.At);
        json.WriteString("why", line.Why);
        json.WriteEndObject();
    }
}

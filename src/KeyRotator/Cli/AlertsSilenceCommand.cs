using System.CommandLine;
using KeyRotator.Alerts;
using KeyRotator.Cli.Output;
using KeyRotator.Ledger;

namespace KeyRotator.Cli;

/// <summary><c>alerts silence</c>: an operator wants to hear nothing of some findings for a while.</summary>
internal sealed class AlertsSilenceCommand(CliContext context, CommonOptions common)
{
    private const int MostNamed = 20;

    private readonly Argument<string[]> _matches =
        NameArgument.Many("MATCH", "member=value or member!=value; all of them must be met. A * at the end stands for any rest. Members: "
            + string.Join(", ", SilenceMatch.Members));

    private readonly Option<string?> _for = new("--for") { Description = "For how long, 5m to 30d", HelpName = "SPAN" };
    private readonly Option<string?> _reason = new("--reason") { Description = "Why, for whoever asks later", HelpName = "TEXT" };

    /// <summary>The verb.</summary>
    public Command Create()
    {
        var command = new Command("silence", "Hold back alerts that match until a time; what is still open then is told")
        {
            _matches, _for, _reason,
        };
        command.SetAction(RunAsync);
        return command;
    }

    private async Task RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var settings = SettingsSource.Load(context, common.ConfigOf(parsed));
        await using var workbench = await Workbench.OpenAsync(context, settings, cancellationToken);
        var (length, reason) = (parsed.GetValue(_for), parsed.GetValue(_reason));
        var terms = new SilenceTerms(workbench.Inventory, settings.Stores.Keys);
        var (matches, span) = terms.Read(parsed.GetRequiredValue(_matches), length, reason);
        var now = context.Time.GetUtcNow();
        var silence = new Silence { Matches = matches, By = context.Actor, Reason = reason!.Trim(), Since = now, Until = now + span };
        var made = await workbench.Silences.MakeAsync(silence, cancellationToken);
        Warn(made);
        if (common.FormatOf(parsed) is OutputFormat.Json)
        {
            WriteJson(workbench, made);
            return;
        }

        Write(made);
    }

    private void Warn(MadeSilence made)
    {
        if (made.Silence.CoversAllCritical)
        {
            context.Error.WriteLine($"Warning: silence {made.Silence.Id} covers every critical finding, also those to come.");
        }
        else if (made.AllCritical > 0)
        {
            context.Error.WriteLine(
                $"Warning: silence {made.Silence.Id} covers every critical finding that is open now ({made.AllCritical}).");
        }
    }

    private void Write(MadeSilence made)
    {
        var match = Printable.Of(string.Join(' ', made.Silence.Matches));
        context.Out.WriteLine($"silence {made.Silence.Id} until {TimeText.Instant(made.Silence.Until)}: {match}");
        if (made.Covered.Count == 0)
        {
            context.Out.WriteLine("It covers nothing that is open now; what comes to match is held back until then.");
            return;
        }

        context.Out.WriteLine($"It covers {KeyTable.Count(made.Covered.Count, "open finding")}; what is still open then is told:");
        foreach (var finding in made.Covered.Take(MostNamed))
        {
            context.Out.WriteLine($"  {finding.Severity} {finding.Key.Reason}: {Printable.Of(finding.Key.Subject.Name)}");
        }

        if (made.Covered.Count > MostNamed)
        {
            context.Out.WriteLine($"  and {made.Covered.Count - MostNamed} more: see keyrotator alerts preview");
        }
    }

    private void WriteJson(Workbench workbench, MadeSilence made) => JsonOutput.Write(context, json =>
    {
        json.WriteStartObject();
        SilenceJson.WriteMembers(json, made.Silence, context.Time.GetUtcNow());
        json.WriteStartArray("covered");
        foreach (var finding in made.Covered)
        {
            json.WriteStartObject();
            json.WriteString("id", workbench.Findings.Shown(finding).Id);
            json.WriteString("severity", finding.Severity.ToString());
            json.WriteString("reason", finding.Key.Reason.ToString());
            json.WriteString("subject", finding.Key.Subject.Name);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    });
}

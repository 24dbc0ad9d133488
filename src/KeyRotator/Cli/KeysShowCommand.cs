using System.CommandLine;
using KeyRotator.Cli.Output;
using KeyRotator.Findings;
using KeyRotator.Keys;
using KeyRotator.Ledger;
using KeyRotator.State;

namespace KeyRotator.Cli;

/// <summary><c>keys show</c>: all that is known of one key.</summary>
internal static class KeysShowCommand
{
    private const int MostRuns = 20;

    /// <summary>The verb.</summary>
    public static Command Create(CliContext context, CommonOptions common)
    {
        var key = NameArgument.One("KEY", "Id of the key");
        var command = new Command("show", "Show all that is known of a key") { key };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var settings = SettingsSource.Load(context, common.ConfigOf(parsed));
            await using var workbench = await Workbench.OpenAsync(context, settings, cancellationToken);
            var chosen = KeySelection.Choose(workbench.Inventory, [parsed.GetRequiredValue(key)])[0];
            var dossier = await ReadAsync(workbench, chosen, cancellationToken);
            if (common.FormatOf(parsed) is OutputFormat.Json)
            {
                JsonOutput.Write(context, json => KeyDossierJson.Write(json, dossier));
                return;
            }

            new KeyDossierText(context, dossier).Write();
        });
        return command;
    }

    private static async Task<KeyDossier> ReadAsync(Workbench workbench, ManagedKey key, CancellationToken cancellationToken)
    {
        await using var transaction = await workbench.Database.BeginReadAsync(cancellationToken);
        var status = (await KeyStatusTable.LoadAsync(transaction, [key.Id], cancellationToken)).GetValueOrDefault(key.Id);
        var findings = await FindingTable.OpenAboutAsync(transaction, [FindingSubject.Key(key.Id.Value)], cancellationToken);
        return new KeyDossier
        {
            Key = key,
            Status = status,
            Report = KeyReports.Build(key, status, findings),
            Attention = await FindingAttention.ReadAsync(
                transaction, workbench.Findings, workbench.Time.GetUtcNow(), cancellationToken),
            Versions = await KeyVersionTable.OfAsync(transaction, key.Id, cancellationToken),
            Transitions = await KeyStates.TransitionsAsync(transaction, key.Id, cancellationToken),
            History = await CheckHistoryTable.OfAsync(transaction, key.Id, MostRuns, cancellationToken),
        };
    }
}

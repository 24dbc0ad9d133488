using System.CommandLine;
using KeyRotator.Cli.Output;
using KeyRotator.Configuration;
using KeyRotator.Import;
using KeyRotator.Stores;

namespace KeyRotator.Cli;

/// <summary><c>keys import</c>: prints a configuration for the keys found among variables or in a store. Never a value.</summary>
internal static class KeysImportCommand
{
    /// <summary>The verb.</summary>
    public static Command Create(CliContext context, CommonOptions common)
    {
        var fromEnvironment = new Option<bool>("--from-env") { Description = "Look among the variables of this shell" };
        var file = new Option<string?>("--env-file") { Description = "Look into a .env file", HelpName = "PATH" };
        var store = new Option<string?>("--store") { Description = "Look through a configured store", HelpName = "STORE" };
        var prefix = new Option<string?>("--prefix") { Description = "With --store: only names that start with it", HelpName = "TEXT" };
        var command = new Command("import", "Print a configuration for the keys that are found; never a value")
        {
            fromEnvironment, file, store, prefix,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var (isFromStore, start) = (parsed.GetValue(store), parsed.GetValue(prefix));
            switch (parsed.GetValue(fromEnvironment), parsed.GetValue(file), isFromStore, start)
            {
                case (true, null, null, null):
                    Print(context, KeyImport.FromEnvironment(context.Variables()));
                    break;
                case (false, { } path, null, null):
                    Print(context, KeyImport.FromDotEnv(Path.Combine(context.Directory, path)));
                    break;
                case (false, null, { } name, _):
                    await FromStoreAsync(
                        context, SettingsSource.Load(context, common.ConfigOf(parsed)), name, start ?? "", cancellationToken);
                    break;
                default:
                    throw CliException.Usage(
                        "Say where to look: --from-env, --env-file PATH, or --store STORE, which may have a --prefix.");
            }
        });
        return command;
    }

    private static void Print(CliContext context, ImportResult found)
    {
        foreach (var fault in found.Faults)
        {
            var file = SettingsSource.Name(context, found.File ?? "");
            context.Error.WriteLine(Printable.Of($"{file}:{fault.Line}: {fault.Message}"));
        }

        if (found.Keys.Count == 0)
        {
            throw CliException.Usage("No key was found: no variable of a provider is set, and no other looks like a key.");
        }

        context.Out.Write(found.ToYaml());
    }

    private static async Task FromStoreAsync(
        CliContext context, Settings settings, string name, string prefix, CancellationToken cancellationToken)
    {
        var store = NameArgument.Resolve("store", SecretStores.CreateAll(settings, context.Time), [name]).Single();
        if (store is not ISecretListing listing)
        {
            throw CliException.Usage($"Store {name} cannot be listed: name its secrets in the configuration.");
        }

        await using var workbench = await Workbench.OpenAsync(context, settings, cancellationToken);
        var found = await StoreImport.FindAsync(listing, prefix, workbench.Database.Fingerprinter, cancellationToken);
        foreach (var failure in found.Failures)
        {
            await context.Error.WriteLineAsync(Printable.Of(failure.Message));
        }

        if (found.IsCutShort)
        {
            await context.Error.WriteLineAsync(
                $"Only the first {StoreImport.MostSecrets} secrets were looked at: name a --prefix to see the others.");
        }

        if (found.Keys.Count == 0)
        {
            throw CliException.Usage(
                $"No key was found in {found.Secrets} secrets of store {name}: no provider's variable, and nothing that looks like a key.");
        }

        var declared = settings.Keys.SelectMany(key => key.Locations).Select(location => location with { Follows = null }).ToHashSet();
        context.Out.Write(StoreImportYaml.Render(found, declared));
    }
}

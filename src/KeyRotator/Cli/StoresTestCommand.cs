using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using KeyRotator.Cli.Output;
using KeyRotator.Stores;

namespace KeyRotator.Cli;

/// <summary><c>stores test</c>: whether the configured stores work, and hold what is declared. Changes nothing in them, unless it is told
/// to make a secret of its own and remove it.</summary>
internal static class StoresTestCommand
{
    private static readonly TimeSpan s_leastShown = TimeSpan.FromMilliseconds(1);

    /// <summary>The verb.</summary>
    public static Command Create(CliContext context, CommonOptions common)
    {
        var names = NameArgument.Many("STORE", "Names of stores; all where none is named");
        var write = new Option<bool>("--write")
        {
            Description = "Also make a secret of its own, write it anew and remove it for good",
        };
        var prefix = new Option<string?>("--prefix")
        {
            Description = "With --write: what its name begins with. Default: the folder that the store's locations share",
            HelpName = "TEXT",
        };
        var command = new Command(
            "test", "Try what a check needs of the stores, changing nothing without --write") { names, write, prefix };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var settings = SettingsSource.Load(context, common.ConfigOf(parsed));
            var trial = new StoreTrial(context, settings) { Writes = parsed.GetValue(write), Prefix = parsed.GetValue(prefix) };
            if (trial.Prefix is not null && !trial.Writes)
            {
                throw CliException.Usage("--prefix is about the secret that --write makes: give both.");
            }

            var stores = NameArgument.Resolve("store", SecretStores.CreateAll(settings, context.Time), parsed.GetRequiredValue(names));
            await using var workbench = trial.Writes ? await Workbench.OpenAsync(context, settings, cancellationToken) : null;
            trial.Record = workbench?.Trials;
            var results = new List<StoreTest>();
            foreach (var store in stores)
            {
                results.Add(new StoreTest(store.Name, await trial.RunAsync(store, cancellationToken)));
            }

            Print(context, common.FormatOf(parsed), results);
            return (int)ExitCodes.For(new ExitFacts { HasFailed = results.Any(result => !result.Passed) }, FailOn.Critical);
        });
        return command;
    }

    private static string Shown(StoreTestStep step) =>
        step.Took is { } took && took >= s_leastShown
            ? string.Create(CultureInfo.InvariantCulture, $"{step.Message} ({took.TotalMilliseconds:0} ms)")
            : step.Message;

    private static void Print(CliContext context, OutputFormat format, IReadOnlyList<StoreTest> results)
    {
        if (format is OutputFormat.Json)
        {
            JsonOutput.Write(context, json => WriteJson(json, results));
            return;
        }

        var steps = new StepList(context);
        foreach (var result in results)
        {
            foreach (var step in result.Steps)
            {
                steps.Write(step.Passed, result.Store, step.Name, Shown(step));
            }
        }
    }

    private static void WriteJson(Utf8JsonWriter json, IReadOnlyList<StoreTest> results)
    {
        json.WriteStartObject();
        json.WriteStartArray("stores");
        foreach (var result in results)
        {
            json.WriteStartObject();
            json.WriteString("name", result.Store);
            json.WriteBoolean("passed", result.Passed);
            json.WriteStartArray("steps");
            foreach (var step in result.Steps)
            {
                json.WriteStartObject();
                json.WriteString("name", step.Name);
                json.WriteBoolean("passed", step.Passed);
                json.WriteString("message", step.Message);
                json.WriteNumberOrNull("tookMilliseconds", (int?)step.Took?.TotalMilliseconds);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private sealed record StoreTest(string Store, IReadOnlyList<StoreTestStep> Steps)
    {
        public bool Passed => Steps.All(step => step.Passed);
    }
}

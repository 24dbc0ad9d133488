using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using KeyRotator.Cli.Output;
using KeyRotator.Configuration;
using KeyRotator.Keys;
using KeyRotator.Stores;

namespace KeyRotator.Cli;

/// <summary><c>stores test</c>: whether the configured stores work, and hold what is declared. Changes nothing in them.</summary>
internal static class StoresTestCommand
{
    private const int MostLocations = 20;
    private static readonly TimeSpan s_leastShown = TimeSpan.FromMilliseconds(1);

    /// <summary>The verb.</summary>
    public static Command Create(CliContext context, CommonOptions common)
    {
        var names = NameArgument.Many("STORE", "Names of stores; all where none is named");
        var command = new Command("test", "Try what a check needs of the stores, changing nothing") { names };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var settings = SettingsSource.Load(context, common.ConfigOf(parsed));
            var stores = NameArgument.Resolve("store", SecretStores.CreateAll(settings, context.Time), parsed.GetRequiredValue(names));
            var results = new List<StoreTest>();
            foreach (var store in stores)
            {
                results.Add(new StoreTest(store.Name, await TestAsync(context, settings, store, cancellationToken)));
            }

            Print(context, common.FormatOf(parsed), results);
            return (int)ExitCodes.For(new ExitFacts { HasFailed = results.Any(result => !result.Passed) }, FailOn.Critical);
        });
        return command;
    }

    private static async Task<IReadOnlyList<StoreTestStep>> TestAsync(
        CliContext context, Settings settings, ISecretStore store, CancellationToken cancellationToken)
    {
        var steps = store is IStoreSelfTest selfTest ? await selfTest.TestAsync(cancellationToken) : [];
        return steps.All(step => step.Passed)
            ? [.. steps, .. await ReadDeclaredAsync(context, settings, store, cancellationToken)]
            : steps;
    }

    private static async Task<IReadOnlyList<StoreTestStep>> ReadDeclaredAsync(
        CliContext context, Settings settings, ISecretStore store, CancellationToken cancellationToken)
    {
        var steps = new List<StoreTestStep>();
        var declared = settings.Keys.SelectMany(key => key.Locations).Where(location => location.Store == store.Name).Distinct();
        foreach (var location in declared.Take(MostLocations))
        {
            // Each by itself: one that cannot be read says nothing of the others.
            var run = new StoreTestRun(context.Time);
            await run.TryAsync($"read {location}", () => ReadAsync(store, location, cancellationToken));
            steps.AddRange(run.Steps);
        }

        return steps;
    }

    private static async Task<string> ReadAsync(ISecretStore store, SecretLocation location, CancellationToken cancellationToken) =>
        await store.ReadAsync(location, null, cancellationToken) is null
            ? throw new SecretStoreException(store.Name, "read", location, isTransient: false, "nothing is there")
            : "there";

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

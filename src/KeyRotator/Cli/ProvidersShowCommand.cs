using System.CommandLine;
using System.Text.Json;
using KeyRotator.Cli.Output;
using KeyRotator.Providers;

namespace KeyRotator.Cli;

/// <summary><c>providers show</c>: all that is known of a provider: what is called, what counts as dead, where to revoke.</summary>
internal static class ProvidersShowCommand
{
    /// <summary>The verb.</summary>
    public static Command Create(CliContext context, CommonOptions common)
    {
        var name = NameArgument.One("PROVIDER", "Provider kind, as 'providers list' names it");
        var command = new Command("show", "Show what is called, what counts as a dead key, where to revoke") { name };
        command.SetAction(parsed =>
        {
            var kind = parsed.GetRequiredValue(name);
            var provider = KeyProviders.Find(kind)
                ?? throw NameArgument.Unknown("provider", kind, [.. KeyProviders.All.Select(known => known.Kind)]);
            if (common.FormatOf(parsed) is OutputFormat.Json)
            {
                JsonOutput.Write(context, json => WriteJson(json, provider));
                return;
            }

            WriteText(new FieldList(context, 16), provider);
        });
        return command;
    }

    /// <summary>One provider.</summary>
    public static void WriteJson(Utf8JsonWriter json, IKeyProvider provider)
    {
        var profile = provider.Profile;
        json.WriteStartObject();
        json.WriteString("kind", provider.Kind);
        json.WriteString("title", profile.Title);
        json.WriteStrings("variables", profile.Variables);
        json.WriteString("baseUrlVariable", profile.BaseUrlVariable);
        json.WriteStrings("regionVariables", profile.RegionVariables);
        json.WriteString("baseUrl", profile.DefaultBaseUrl);
        json.WriteBoolean("needsRegion", profile.NeedsRegion);
        json.WriteString("probe", profile.Probe);
        json.WriteStrings("deadAnswers", profile.DeadAnswers);
        json.WriteNumber("leastCheckEverySeconds", (long)profile.LeastCheckEvery.TotalSeconds);
        json.WriteBoolean("keysCanExpire", profile.KeysCanExpire);
        json.WriteStrings("formats", profile.Formats.Select(format => format.Name));
        json.WriteString("createKeyUrl", profile.CreateKeyUrl);
        json.WriteString("revokeKeyUrl", profile.RevokeKeyUrl);
        json.WriteStrings("notes", profile.Notes);
        json.WriteStrings("sources", profile.Sources);
        json.WriteEndObject();
    }

    private static void WriteText(FieldList fields, IKeyProvider provider)
    {
        var profile = provider.Profile;
        fields.Write("provider", $"{provider.Kind} ({profile.Title})");
        fields.Write("variables", string.Join(", ", profile.Variables));
        fields.Write("base URL from", profile.BaseUrlVariable);
        fields.Write("region from", string.Join(", ", profile.RegionVariables));
        fields.Write("base URL", profile.DefaultBaseUrl ?? "none of its own: declare an instance that has one");
        fields.Write("region", profile.NeedsRegion ? "an instance must name one" : null);
        fields.Write("probe", profile.Probe);
        fields.Write("dead key", profile.DeadAnswers);
        fields.Write("at most every", TimeText.Span(profile.LeastCheckEvery));
        fields.Write("keys can expire", profile.KeysCanExpire ? "yes" : "no");
        fields.Write("key formats", string.Join(", ", profile.Formats.Select(format => format.Name)));
        fields.Write("create keys", profile.CreateKeyUrl);
        fields.Write("revoke keys", profile.RevokeKeyUrl);
        fields.Write("notes", profile.Notes);
        fields.Write("sources", profile.Sources);
    }
}

using System.Text.Encodings.Web;
using System.Text.Json;
using KeyRotator.Configuration.Shapes;

namespace KeyRotator.Configuration;

/// <summary>The JSON Schema (draft 2020-12) of a configuration file, for editors and for checks outside this program.</summary>
/// <remarks>It describes one file. What holds between members (names that resolve, one time shorter than another, days that exist) is the
/// loader's alone.</remarks>
internal static class SettingsSchema
{
    private static readonly JsonSerializerOptions s_format =
        new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The schema as text.</summary>
    public static string Write() => Write(SettingsCatalogue.Default);

    /// <summary>The schema for given kinds.</summary>
    public static string Write(SettingsCatalogue catalogue)
    {
        var definitions = new SchemaDefinitions();
        var schema = SettingsMembers.Root(catalogue).Write(definitions);
        schema.Insert(0, "$schema", "https://json-schema.org/draft/2020-12/schema");
        schema.Insert(1, "title", "KeyRotator configuration");
        schema["$defs"] = definitions.Write();
        return schema.ToJsonString(s_format) + "\n";
    }
}

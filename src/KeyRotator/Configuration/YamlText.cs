using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using KeyRotator.Configuration.Shapes;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace KeyRotator.Configuration;

/// <summary>Writes a tree as YAML that reads back as the same tree under this configuration's rules.</summary>
internal static class YamlText
{
    /// <summary>The text, ending with a newline.</summary>
    public static string Write(JsonObject tree)
    {
        using var text = new StringWriter(CultureInfo.InvariantCulture) { NewLine = "\n" };
        var emitter = new Emitter(text, EmitterSettings.Default.WithBestWidth(int.MaxValue));
        emitter.Emit(new StreamStart());
        emitter.Emit(new DocumentStart(null, null, isImplicit: true));
        Emit(emitter, tree);
        emitter.Emit(new DocumentEnd(isImplicit: true));
        emitter.Emit(new StreamEnd());
        return text.ToString();
    }

    private static void Emit(Emitter emitter, JsonNode? node)
    {
        switch (node)
        {
            case JsonObject map:
                var style = map.Count == 0 ? MappingStyle.Flow : MappingStyle.Block;
                emitter.Emit(new MappingStart(AnchorName.Empty, TagName.Empty, isImplicit: true, style));
                foreach (var (name, value) in map)
                {
                    emitter.Emit(Text(name));
                    Emit(emitter, value);
                }

                emitter.Emit(new MappingEnd());
                break;
            case JsonArray list:
                var layout = list.All(item => item is JsonValue) ? SequenceStyle.Flow : SequenceStyle.Block;
                emitter.Emit(new SequenceStart(AnchorName.Empty, TagName.Empty, isImplicit: true, layout));
                foreach (var item in list)
                {
                    Emit(emitter, item);
                }

                emitter.Emit(new SequenceEnd());
                break;
            case JsonValue value when value.GetValueKind() is JsonValueKind.String:
                emitter.Emit(Text(value.GetValue<string>().Replace("${", "$${", StringComparison.Ordinal)));
                break;
            default:
                emitter.Emit(Scalar(node?.ToJsonString() ?? "null", ScalarStyle.Plain));
                break;
        }
    }

    // The emitter quotes what cannot stand plain; text that would read as a number, a boolean or nothing is quoted here.
    private static Scalar Text(string text) =>
        Scalar(text, CoreSchema.IsText(text) && !text.Contains('$') ? ScalarStyle.Any : ScalarStyle.DoubleQuoted);

    private static Scalar Scalar(string text, ScalarStyle style) =>
        new(AnchorName.Empty, TagName.Empty, text, style, isPlainImplicit: true, isQuotedImplicit: true);
}

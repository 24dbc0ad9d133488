using System.Globalization;
using System.Text.Json.Nodes;
using KeyRotator.Configuration.Shapes;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace KeyRotator.Tests.Configuration;

/// <summary>What a YAML document is as JSON, by YAML 1.2's core schema: what an editor checks against the JSON Schema.</summary>
internal static class YamlJson
{
    public static JsonNode? Read(string yaml)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(yaml));
        return Of(stream.Documents[0].RootNode);
    }

    private static JsonNode? Of(YamlNode node) => node switch
    {
        YamlMappingNode map =>
            new JsonObject(map.Children.Select(member => KeyValuePair.Create(((YamlScalarNode)member.Key).Value!, Of(member.Value)))),
        YamlSequenceNode list => new JsonArray([.. list.Children.Select(Of)]),
        YamlScalarNode { Style: ScalarStyle.Plain, Value: var plain } => OfPlain(plain!),
        YamlScalarNode scalar => JsonValue.Create(scalar.Value),
        _ => throw new NotSupportedException(node.GetType().Name),
    };

    private static JsonValue? OfPlain(string plain) => plain switch
    {
        _ when CoreSchema.IsNull(plain) => null,
        _ when CoreSchema.IsText(plain) => JsonValue.Create(plain),
        "true" or "True" or "TRUE" => JsonValue.Create(true),
        "false" or "False" or "FALSE" => JsonValue.Create(false),
        _ => JsonValue.Create(double.Parse(plain, CultureInfo.InvariantCulture)),
    };
}

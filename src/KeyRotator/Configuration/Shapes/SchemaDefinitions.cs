using System.Text.Json.Nodes;

namespace KeyRotator.Configuration.Shapes;

/// <summary>The named parts of a JSON Schema, each written once.</summary>
internal sealed class SchemaDefinitions
{
    private readonly SortedDictionary<string, JsonObject> _written = new(StringComparer.Ordinal);

    /// <summary>A reference to a named part, which is written on first use.</summary>
    public JsonObject Reference(string name, Func<JsonObject> describe)
    {
        if (!_written.ContainsKey(name))
        {
            _written[name] = [];
            _written[name] = describe();
        }

        return new() { ["$ref"] = $"#/$defs/{name}" };
    }

    /// <summary>The schema of a scalar that may also be given as <c>${…}</c>: what comes of that is known only when it is read.</summary>
    public JsonObject OrInterpolated(JsonObject schema) => new()
    {
        ["anyOf"] = new JsonArray(schema, Reference("interpolated", static () => new()
        {
            ["description"] = "Takes its value from an environment variable, ${NAME}, or a mounted file, ${file:/path}.",
            ["type"] = "string",
            ["pattern"] = @"(^|[^$])\$\{",
        })),
    };

    /// <summary>All parts, by name.</summary>
    public JsonObject Write() => new(_written.Select(part => KeyValuePair.Create(part.Key, (JsonNode?)part.Value)));
}

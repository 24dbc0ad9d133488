using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace KeyRotator.Configuration.Shapes;

/// <summary>What a scalar looks like, as far as a JSON Schema can say it. The binder checks the pattern before it reads the text.</summary>
/// <remarks>The schema is written on demand only: loading a configuration needs none.</remarks>
internal sealed record ScalarForm
{
    /// <summary>JSON types; empty for any.</summary>
    public IReadOnlyList<string> Types { get; init; } = [];

    /// <summary>Pattern of its text, anchored at both ends, or null.</summary>
    public string? Pattern { get; init; }

    /// <summary>All texts there are; empty where they are not counted.</summary>
    public IReadOnlyCollection<string> Words { get; init; } = [];

    /// <summary>Whether the booleans stand beside the words.</summary>
    public bool TakesBooleans { get; init; }

    /// <summary>The least number, or null.</summary>
    public int? Minimum { get; init; }

    /// <summary>The greatest number, or null.</summary>
    public int? Maximum { get; init; }

    /// <summary>Whether a number or boolean without quotes is refused.</summary>
    public bool IsTextOnly => Types is ["string"];

    /// <summary>The pattern as this runtime spells it, where <c>$</c> would also match before a last newline.</summary>
    public static Regex Compile(string pattern) => new(pattern[..^1] + @"\z", RegexOptions.CultureInvariant);

    /// <summary>Text of a pattern.</summary>
    public static ScalarForm Text(string pattern) => new() { Types = ["string"], Pattern = pattern };

    /// <summary>Text of a pattern, for which numbers and booleans are taken as they are written.</summary>
    public static ScalarForm AnyText(string pattern) => new() { Types = ["string", "number", "boolean"], Pattern = pattern };

    /// <summary>The JSON Schema.</summary>
    public JsonObject Describe()
    {
        var schema = new JsonObject();
        if (Types.Count > 0)
        {
            schema["type"] = Types is [var type] ? type : new JsonArray([.. Types.Select(type => JsonValue.Create(type))]);
        }

        if (Words.Count > 0)
        {
            JsonValue[] booleans = TakesBooleans ? [JsonValue.Create(true), JsonValue.Create(false)] : [];
            schema["enum"] = new JsonArray([.. Words.Select(word => JsonValue.Create(word)), .. booleans]);
        }

        Add("pattern", Pattern is null ? null : JsonValue.Create(Pattern));
        Add("minimum", Minimum is { } minimum ? JsonValue.Create(minimum) : null);
        Add("maximum", Maximum is { } maximum ? JsonValue.Create(maximum) : null);
        return schema;

        void Add(string keyword, JsonValue? value)
        {
            if (value is not null)
            {
                schema[keyword] = value;
            }
        }
    }
}

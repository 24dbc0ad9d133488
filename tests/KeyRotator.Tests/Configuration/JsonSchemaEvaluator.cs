using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace KeyRotator.Tests.Configuration;

/// <summary>The part of JSON Schema (draft 2020-12) that the configuration's schema uses. A keyword that it does not know fails the
/// test.</summary>
internal sealed class JsonSchemaEvaluator(JsonObject root)
{
    private static readonly HashSet<string> s_annotations = ["$schema", "title", "description", "$defs"];

    public bool Accepts(JsonNode? value) => Accepts(root, value);

    private bool Accepts(JsonObject schema, JsonNode? value) =>
        schema.Where(keyword => !s_annotations.Contains(keyword.Key)).All(keyword => Holds(schema, keyword.Key, keyword.Value!, value));

    private bool Holds(JsonObject schema, string keyword, JsonNode rule, JsonNode? value) => keyword switch
    {
        "$ref" => Accepts(Definition(rule.GetValue<string>()), value),
        "type" => (rule as JsonArray ?? [rule.DeepClone()]).Any(type => IsOf(type!.GetValue<string>(), value)),
        "enum" => rule.AsArray().Any(allowed => JsonNode.DeepEquals(allowed, value)),
        "anyOf" => rule.AsArray().Any(part => Accepts(part!.AsObject(), value)),
        "allOf" => rule.AsArray().All(part => Accepts(part!.AsObject(), value)),
        "oneOf" => rule.AsArray().Count(part => Accepts(part!.AsObject(), value)) == 1,
        "not" => !Accepts(rule.AsObject(), value),
        "pattern" => !IsOf("string", value) || Regex.IsMatch(value!.GetValue<string>(), rule.GetValue<string>(), RegexOptions.ECMAScript),
        "minLength" => !IsOf("string", value) || value!.GetValue<string>().Length >= rule.GetValue<int>(),
        "minimum" => !IsOf("number", value) || value!.GetValue<double>() >= rule.GetValue<double>(),
        "maximum" => !IsOf("number", value) || value!.GetValue<double>() <= rule.GetValue<double>(),
        "minItems" => value is not JsonArray list || list.Count >= rule.GetValue<int>(),
        "items" => value is not JsonArray items || items.All(item => Accepts(rule.AsObject(), item)),
        "required" => value is not JsonObject given || rule.AsArray().All(member => given.ContainsKey(member!.GetValue<string>())),
        "properties" =>
            value is not JsonObject map || map.All(member => rule[member.Key] is not JsonObject part || Accepts(part, member.Value)),
        "propertyNames" => value is not JsonObject named || named.All(member => Accepts(rule.AsObject(), member.Key)),
        "additionalProperties" =>
            value is not JsonObject open || open.All(member => IsDeclared(schema, member.Key) || AcceptsAdditional(rule, member.Value)),
        _ => throw new NotSupportedException($"keyword {keyword}"),
    };

    private bool AcceptsAdditional(JsonNode rule, JsonNode? value) =>
        rule is JsonObject schema ? Accepts(schema, value) : rule.GetValue<bool>();

    private static bool IsDeclared(JsonObject schema, string member) =>
        schema["properties"] is JsonObject properties && properties.ContainsKey(member);

    private JsonObject Definition(string reference) => root["$defs"]![reference["#/$defs/".Length..]]!.AsObject();

    private static bool IsOf(string type, JsonNode? value) => (type, value?.GetValueKind() ?? JsonValueKind.Null) switch
    {
        ("object", JsonValueKind.Object) or ("array", JsonValueKind.Array) or ("string", JsonValueKind.String) or (
            "number", JsonValueKind.Number) => true,
        ("boolean", JsonValueKind.True or JsonValueKind.False) => true,
        ("integer", JsonValueKind.Number) => double.IsInteger(value!.GetValue<double>()),
        _ => false,
    };
}

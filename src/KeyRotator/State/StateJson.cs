using System.Text.Json.Serialization;
using KeyRotator.Alerts;
using KeyRotator.Keys;

namespace KeyRotator.State;

/// <summary>How lists and alerts stand in a column: compact, members that are null left out, enum members by name.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(Alert))]
[JsonSerializable(typeof(ModelFacts))]
[JsonSerializable(typeof(IReadOnlyList<string>))]
internal sealed partial class StateJson : JsonSerializerContext;

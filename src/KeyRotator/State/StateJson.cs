using System.Text.Json;
using System.Text.Json.Serialization;
using KeyRotator.Alerts;
using KeyRotator.Keys;
using KeyRotator.Secrets;

namespace KeyRotator.State;

/// <summary>How lists and alerts stand in a column: compact, members that are null left out, enum members by name.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UseStringEnumConverter = true,
    Converters = [typeof(FingerprintConverter)])]
[JsonSerializable(typeof(Alert))]
[JsonSerializable(typeof(ModelFacts))]
[JsonSerializable(typeof(IReadOnlyList<LocationStatus>))]
[JsonSerializable(typeof(IReadOnlyList<string>))]
internal sealed partial class StateJson : JsonSerializerContext
{
    private sealed class FingerprintConverter : JsonConverter<Fingerprint>
    {
        public override Fingerprint Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            Secrets.Fingerprint.Parse(reader.GetString() ?? "");

        public override void Write(Utf8JsonWriter writer, Fingerprint value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value.Hex);
    }
}

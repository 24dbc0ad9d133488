using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace KeyRotator.Secrets;

/// <summary>A secret's clear text in memory, between the store's answer and the provider's answer.</summary>
/// <remarks>A class, not a record: a record would print and compare its members. It prints as a marker, serialises as a marker and is never
/// read back. Two values are compared by their <see cref="Fingerprint"/>.</remarks>
[DebuggerDisplay(Redacted)]
[JsonConverter(typeof(RefusingConverter))]
public sealed class SecretValue
{
    private const string Redacted = "[redacted]";
    private readonly string _value;

    /// <summary>Takes the clear text as it is: nothing is trimmed, because a stray newline is a fault to report, not to repair.</summary>
    public SecretValue(string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        _value = value;
    }

    /// <summary>Number of UTF-16 code units.</summary>
    public int Length => _value.Length;

    /// <summary>The clear text. Call only where it is put on the wire.</summary>
    public string Reveal() => _value;

    /// <inheritdoc />
    public override string ToString() => Redacted;

    private sealed class RefusingConverter : JsonConverter<SecretValue>
    {
        public override SecretValue Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            throw new JsonException("A secret is not read from JSON.");

        public override void Write(Utf8JsonWriter writer, SecretValue value, JsonSerializerOptions options) =>
            writer.WriteStringValue(Redacted);
    }
}

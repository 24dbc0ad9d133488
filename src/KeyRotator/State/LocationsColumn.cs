using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using KeyRotator.Keys;
using KeyRotator.Secrets;

namespace KeyRotator.State;

/// <summary>How what was seen at a key's locations stands in a column: compact JSON, members that are null left out.</summary>
/// <remarks>Written by hand: every check reads and writes it, and the serialiser's metadata would be a tenth of a short run.</remarks>
internal static class LocationsColumn
{
    /// <summary>The text, or null where there is none.</summary>
    public static string? Write(IReadOnlyList<LocationStatus> locations)
    {
        if (locations.Count == 0)
        {
            return null;
        }

        var buffer = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartArray();
            foreach (var location in locations)
            {
                Write(json, location);
            }

            json.WriteEndArray();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>The locations; none where the text is null.</summary>
    /// <exception cref="JsonException">The text is not of this shape.</exception>
    /// <exception cref="FormatException">A fingerprint or a time is none.</exception>
    public static IReadOnlyList<LocationStatus> Read(string? text)
    {
        if (text is null)
        {
            return [];
        }

        var json = new Utf8JsonReader(Encoding.UTF8.GetBytes(text));
        var locations = new List<LocationStatus>(1);
        json.Read();
        while (json.Read() && json.TokenType is JsonTokenType.StartObject)
        {
            locations.Add(ReadStatus(ref json));
        }

        return locations;
    }

    private static void Write(Utf8JsonWriter json, LocationStatus status)
    {
        json.WriteStartObject();
        json.WriteStartObject("location"u8);
        json.WriteString("store"u8, status.Location.Store);
        json.WriteString("name"u8, status.Location.Name);
        WriteText(json, "field"u8, status.Location.Field);
        WriteText(json, "follows"u8, status.Location.Follows?.ToString("c", CultureInfo.InvariantCulture));
        json.WriteEndObject();
        WriteText(json, "version"u8, status.Version);
        WriteText(json, "fingerprint"u8, status.Fingerprint?.Hex);
        WriteTime(json, "unreadSince"u8, status.UnreadSince);
        WriteTime(json, "driftingSince"u8, status.DriftingSince);
        json.WriteEndObject();
    }

    private static void WriteText(Utf8JsonWriter json, ReadOnlySpan<byte> name, string? text)
    {
        if (text is not null)
        {
            json.WriteString(name, text);
        }
    }

    private static void WriteTime(Utf8JsonWriter json, ReadOnlySpan<byte> name, DateTimeOffset? at)
    {
        if (at is { } time)
        {
            json.WriteString(name, time);
        }
    }

    // Members that are not known are those of a newer version: they are passed over.
    private static LocationStatus ReadStatus(ref Utf8JsonReader json)
    {
        SecretLocation? location = null;
        string? version = null;
        Fingerprint? fingerprint = null;
        (DateTimeOffset? UnreadSince, DateTimeOffset? DriftingSince) since = default;
        while (json.Read() && json.TokenType is JsonTokenType.PropertyName)
        {
            var name = json.GetString();
            json.Read();
            switch (name)
            {
                case "location":
                    location = ReadLocation(ref json);
                    break;
                case "version":
                    version = json.GetString();
                    break;
                case "fingerprint":
                    fingerprint = Fingerprint.Parse(json.GetString() ?? "");
                    break;
                case "unreadSince":
                    since.UnreadSince = json.GetDateTimeOffset();
                    break;
                case "driftingSince":
                    since.DriftingSince = json.GetDateTimeOffset();
                    break;
                default:
                    json.Skip();
                    break;
            }
        }

        return new LocationStatus
        {
            Location = location ?? throw new JsonException("A location's status names no location."),
            Version = version,
            Fingerprint = fingerprint,
            UnreadSince = since.UnreadSince,
            DriftingSince = since.DriftingSince,
        };
    }

    private static SecretLocation ReadLocation(ref Utf8JsonReader json)
    {
        string? store = null, name = null, field = null, follows = null;
        while (json.Read() && json.TokenType is JsonTokenType.PropertyName)
        {
            var member = json.GetString();
            json.Read();
            _ = member switch
            {
                "store" => store = json.GetString(),
                "name" => name = json.GetString(),
                "field" => field = json.GetString(),
                "follows" => follows = json.GetString(),
                _ => null,
            };
            json.Skip();
        }

        return new SecretLocation
        {
            Store = store ?? throw new JsonException("A location names no store."),
            Name = name ?? throw new JsonException("A location has no name."),
            Field = field,
            Follows = follows is null ? null : TimeSpan.ParseExact(follows, "c", CultureInfo.InvariantCulture),
        };
    }
}

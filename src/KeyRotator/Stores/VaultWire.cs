using System.Runtime.InteropServices;
using System.Text.Json;

namespace KeyRotator.Stores;

/// <summary>What a refusal or a warning means. Its text is looked at and never kept.</summary>
internal enum VaultComplaint
{
    /// <summary>None of those known.</summary>
    None = 0,

    /// <summary>The check-and-set parameter is not the current version.</summary>
    Mismatch,

    /// <summary>Nothing is mounted at the path.</summary>
    NoRoute,

    /// <summary>The engine is being changed from version 1 to 2.</summary>
    Upgrading,

    /// <summary>A path of version 1 at an engine of version 2.</summary>
    VersionedEngine,

    /// <summary>The server is sealed.</summary>
    Sealed,
}

/// <summary>Reads Vault's answers. Whatever has another shape than documented is null.</summary>
/// <remarks>Source: the engine's path_data.go, path_metadata.go and passthrough.go, and its API pages.</remarks>
internal static class VaultWire
{
    private static readonly JsonDocumentOptions s_options = new() { MaxDepth = 80 };

    private static readonly (string Text, VaultComplaint Complaint)[] s_complaints =
    [
        ("check-and-set parameter did not match", VaultComplaint.Mismatch),
        ("no handler for route", VaultComplaint.NoRoute),
        ("Upgrading from non-versioned to versioned", VaultComplaint.Upgrading),
        ("Invalid path for a versioned K/V secrets engine", VaultComplaint.VersionedEngine),
        ("is sealed", VaultComplaint.Sealed),
    ];

    /// <summary>An answer's document, or null where it is no JSON object.</summary>
    public static JsonDocument? Parse(ReadOnlyMemory<byte> body)
    {
        try
        {
            var document = JsonDocument.Parse(body, s_options);
            if (document.RootElement.ValueKind is JsonValueKind.Object)
            {
                return document;
            }

            document.Dispose();
            return null;
        }
        catch (JsonException)
        {
            return null; // its message quotes the text
        }
    }

    /// <summary>An object's member of one kind, or null.</summary>
    public static JsonElement? Member(this JsonElement? parent, string name, JsonValueKind kind = JsonValueKind.Object) =>
        parent is { ValueKind: JsonValueKind.Object } given && given.TryGetProperty(name, out var member) && member.ValueKind == kind
            ? member
            : null;

    /// <summary>An object's text, or null.</summary>
    public static string? Text(this JsonElement? parent, string name) => parent.Member(name, JsonValueKind.String)?.GetString();

    /// <summary>An object's whole number, or null.</summary>
    public static long? Number(this JsonElement? parent, string name) =>
        parent.Member(name, JsonValueKind.Number) is { } number && number.TryGetInt64(out var value) ? value : null;

    /// <summary>Whether an object's member is true.</summary>
    public static bool Flag(this JsonElement? parent, string name) => parent.Member(name, JsonValueKind.True) is not null;

    /// <summary>An object's instant, or null.</summary>
    public static DateTimeOffset? Instant(this JsonElement? parent, string name) =>
        parent.Member(name, JsonValueKind.String) is { } text && text.TryGetDateTimeOffset(out var instant)
            ? instant.ToUniversalTime()
            : null;

    /// <summary>An object's texts by name: custom metadata.</summary>
    public static IReadOnlyDictionary<string, string> Texts(this JsonElement? parent, string name) =>
        parent.Member(name)?.EnumerateObject().Where(member => member.Value.ValueKind is JsonValueKind.String)
            .DistinctBy(member => member.Name)
            .ToDictionary(member => member.Name, member => member.Value.GetString()!, StringComparer.Ordinal)
        ?? [];

    /// <summary>The texts of an array, or none.</summary>
    public static IReadOnlyList<string> List(this JsonElement? parent, string name) =>
        parent.Member(name, JsonValueKind.Array) is { } array
            ? [.. array.EnumerateArray().Where(item => item.ValueKind is JsonValueKind.String).Select(item => item.GetString()!)]
            : [];

    /// <summary>What the server complains of.</summary>
    public static VaultComplaint ComplaintOf(ReadOnlyMemory<byte> body)
    {
        using var document = Parse(body);
        var texts = document is null ? [] : Of(document).List("errors").Concat(Of(document).List("warnings")).ToList();
        return s_complaints
            .FirstOrDefault(known => texts.Any(text => text.Contains(known.Text, StringComparison.OrdinalIgnoreCase))).Complaint;
    }

    /// <summary>The document's object.</summary>
    public static JsonElement? Of(JsonDocument? document) => document?.RootElement;

    /// <summary>A secret with versions, also one whose version is deleted; null where the shape is another.</summary>
    public static VaultSecret? ReadVersioned(ReadOnlyMemory<byte> body)
    {
        using var document = Parse(body);
        var outer = Of(document).Member("data");
        var metadata = outer.Member("metadata");
        if (metadata.Number("version") is not { } version)
        {
            return null;
        }

        return new VaultSecret(outer.Member("data") is { } fields ? JsonMarshal.GetRawUtf8Value(fields).ToArray() : null)
        {
            Version = version,
            WrittenAt = metadata.Instant("created_time"),
            IsDestroyed = metadata.Flag("destroyed"),
            Custom = metadata.Texts("custom_metadata"),
        };
    }

    /// <summary>A secret without versions; null where the shape is another.</summary>
    public static VaultSecret? ReadPlain(ReadOnlyMemory<byte> body)
    {
        using var document = Parse(body);
        return Of(document).Member("data") is { } fields ? new VaultSecret(JsonMarshal.GetRawUtf8Value(fields).ToArray()) : null;
    }

    /// <summary>The version that a write made; null where the shape is another.</summary>
    public static long? WrittenVersion(ReadOnlyMemory<byte> body)
    {
        using var document = Parse(body);
        return Of(document).Member("data").Number("version");
    }

    /// <summary>Whether an answer of success is Vault's own: it may have warnings in place of no content.</summary>
    public static bool IsOwn(ReadOnlyMemory<byte> body)
    {
        using var document = Parse(body);
        return Of(document).Text("request_id") is not null;
    }
}

using System.Collections.ObjectModel;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;

namespace KeyRotator.Stores;

/// <summary>What an object says of itself, values left out.</summary>
/// <remarks>Of the annotations only our own are kept: <c>kubectl apply</c> and others keep a whole copy of the Secret in theirs.
/// </remarks>
internal sealed record KubernetesMetadata(string Name, string Namespace, string ResourceVersion)
{
    /// <summary>What an object is called that has nothing else.</summary>
    public const string Kind = "PartialObjectMetadata";

    /// <summary>What our annotations start with.</summary>
    public const string Prefix = "keyrotator.io/";

    /// <summary>The labels.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = ReadOnlyDictionary<string, string>.Empty;

    /// <summary>Our annotations, without <see cref="Prefix"/>.</summary>
    public IReadOnlyDictionary<string, string> Annotations { get; init; } = ReadOnlyDictionary<string, string>.Empty;

    /// <summary>When anything of it was last changed (UTC), or null.</summary>
    public DateTimeOffset? WrittenAt { get; init; }

    /// <summary>The field manager that did it, or null.</summary>
    public string? WrittenBy { get; init; }

    /// <summary>Whether a controller owns it, and would put back what is changed.</summary>
    public bool IsControlled { get; init; }

    /// <summary>Labels, and the annotations that stand for tags.</summary>
    public IReadOnlyDictionary<string, string> Tags => Annotations.Where(entry => !KubernetesDraft.IsOwn(entry.Key))
        .Concat(Labels).DistinctBy(entry => entry.Key).ToDictionary(StringComparer.Ordinal);

    /// <summary>Reads an answer that holds nothing else; null where it has another shape.</summary>
    public static KubernetesMetadata? Parse(ReadOnlyMemory<byte> json)
    {
        using var document = KubernetesJson.Parse(json);
        return document?.RootElement is { } root && KubernetesJson.Text(root, "kind") == Kind ? Of(root) : null;
    }

    /// <summary>Reads the <c>metadata</c> of an object; null where it has another shape.</summary>
    public static KubernetesMetadata? Of(JsonElement item)
    {
        if (item.ValueKind != JsonValueKind.Object || !item.TryGetProperty("metadata", out var metadata)
            || KubernetesJson.Text(metadata, "name") is not { } name || KubernetesJson.Text(metadata, "resourceVersion") is not { } version)
        {
            return null;
        }

        var last = KubernetesJson.Items(metadata, "managedFields")
            .Select(entry => (By: KubernetesJson.Text(entry, "manager"), At: Time(entry, "time")))
            .OrderBy(entry => entry.At).LastOrDefault();
        return new(name, KubernetesJson.Text(metadata, "namespace") ?? "", version)
        {
            Labels = Map(metadata, "labels").ToDictionary(StringComparer.Ordinal),
            Annotations = Map(metadata, "annotations").Where(entry => entry.Key.StartsWith(Prefix, StringComparison.Ordinal))
                .ToDictionary(entry => entry.Key[Prefix.Length..], entry => entry.Value, StringComparer.Ordinal),
            WrittenAt = last.At ?? Time(metadata, "creationTimestamp"),
            WrittenBy = last.By,
            IsControlled = KubernetesJson.Items(metadata, "ownerReferences")
                .Any(owner => owner.TryGetProperty("controller", out var flag) && flag.ValueKind == JsonValueKind.True),
        };
    }

    private static IEnumerable<KeyValuePair<string, string>> Map(JsonElement metadata, string member) =>
        metadata.TryGetProperty(member, out var map) && map.ValueKind == JsonValueKind.Object
            ? map.EnumerateObject().Where(entry => entry.Value.ValueKind == JsonValueKind.String)
                .Select(entry => KeyValuePair.Create(entry.Name, entry.Value.GetString()!)).DistinctBy(entry => entry.Key)
            : [];

    private static DateTimeOffset? Time(JsonElement element, string member) =>
        DateTimeOffset.TryParse(
            KubernetesJson.Text(element, member),
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
            out var at)
            ? at
            : null;
}

/// <summary>A page of a list, without values.</summary>
/// <param name="Items">The objects.</param>
/// <param name="Next">Where to go on, or null at the end.</param>
internal sealed record KubernetesPage(IReadOnlyList<KubernetesMetadata> Items, string? Next)
{
    /// <summary>What such a list is called.</summary>
    public const string Kind = "PartialObjectMetadataList";

    /// <summary>Reads one; null where the text has another shape.</summary>
    public static KubernetesPage? Parse(ReadOnlyMemory<byte> json)
    {
        using var document = KubernetesJson.Parse(json);
        if (document?.RootElement is not { } root || KubernetesJson.Text(root, "kind") != Kind
            || !root.TryGetProperty("metadata", out var metadata))
        {
            return null;
        }

        var items = KubernetesJson.Items(root, "items").Select(KubernetesMetadata.Of).ToList();
        var next = KubernetesJson.Text(metadata, "continue");
        return items.Contains(null) ? null : new([.. items.OfType<KubernetesMetadata>()], string.IsNullOrEmpty(next) ? null : next);
    }
}

/// <summary>A Secret with its values. Dispose it, which clears them.</summary>
internal sealed class KubernetesSecret : IDisposable
{
    private KubernetesSecret(KubernetesMetadata metadata, bool isImmutable, IReadOnlyDictionary<string, byte[]> data) =>
        (Metadata, IsImmutable, Data) = (metadata, isImmutable, data);

    /// <summary>What it says of itself.</summary>
    public KubernetesMetadata Metadata { get; }

    /// <summary>Whether its data may never change.</summary>
    public bool IsImmutable { get; }

    /// <summary>Its values by key.</summary>
    public IReadOnlyDictionary<string, byte[]> Data { get; }

    /// <summary>The version.</summary>
    public SecretVersion Version => new(Metadata.ResourceVersion);

    /// <summary>Reads one; null where the text has another shape.</summary>
    public static KubernetesSecret? Parse(ReadOnlyMemory<byte> json)
    {
        var data = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        using var document = KubernetesJson.Parse(json);
        if (document?.RootElement is { } root
            && KubernetesJson.Text(root, "kind") == "Secret"
            && KubernetesMetadata.Of(root) is { } metadata
            && TryRead(root, data))
        {
            return new(metadata, root.TryGetProperty("immutable", out var flag) && flag.ValueKind == JsonValueKind.True, data);
        }

        Clear(data);
        return null;
    }

    /// <inheritdoc />
    public void Dispose() => Clear(Data);

    private static bool TryRead(JsonElement root, Dictionary<string, byte[]> data)
    {
        if (!root.TryGetProperty("data", out var map) || map.ValueKind == JsonValueKind.Null)
        {
            return true;
        }

        return map.ValueKind == JsonValueKind.Object && map.EnumerateObject().All(entry =>
            entry.Value.ValueKind == JsonValueKind.String && entry.Value.TryGetBytesFromBase64(out var bytes)
                && data.TryAdd(entry.Name, bytes));
    }

    private static void Clear(IReadOnlyDictionary<string, byte[]> data)
    {
        foreach (var value in data.Values)
        {
            CryptographicOperations.ZeroMemory(value);
        }
    }
}

/// <summary>The API server's account of a failure. Its message is never read: it may quote what was sent.</summary>
/// <param name="Reason">Its machine word, such as <c>Conflict</c>; empty where the body is no Status.</param>
/// <param name="Kind">Resource that it is about, such as <c>secrets</c>, or null.</param>
/// <param name="Causes">Machine words of the causes with their fields, such as <c>FieldValueForbidden data</c>.</param>
internal sealed record KubernetesStatus(string Reason, string? Kind, IReadOnlyList<string> Causes)
{
    /// <summary>The answer to a removal that was done, which is a Status of success or the object that is gone; null for
    /// another.</summary>
    public static object? Done(ReadOnlyMemory<byte> json)
    {
        using var document = KubernetesJson.Parse(json);
        return document?.RootElement is { } root && (KubernetesJson.Text(root, "kind"), KubernetesJson.Text(root, "status"))
            is ("Status", "Success") or ("Secret", _) ? new object() : null;
    }

    /// <summary>Reads it.</summary>
    public static KubernetesStatus Parse(ReadOnlyMemory<byte> json)
    {
        using var document = KubernetesJson.Parse(json);
        if (document?.RootElement is not { } root || KubernetesJson.Text(root, "kind") != "Status")
        {
            return new("", null, []);
        }

        var details = root.TryGetProperty("details", out var found) ? found : default;
        var causes = KubernetesJson.Items(details, "causes")
            .Select(cause => $"{KubernetesJson.Text(cause, "reason")} {KubernetesJson.Text(cause, "field")}");
        return new(KubernetesJson.Text(root, "reason") ?? "", KubernetesJson.Text(details, "kind"), [.. causes]);
    }
}

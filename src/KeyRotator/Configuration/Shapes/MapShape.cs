using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;
using YamlDotNet.Core.Events;

namespace KeyRotator.Configuration.Shapes;

/// <summary>What stands under a name.</summary>
/// <param name="Value">The value; default where it was refused.</param>
/// <param name="At">Where the name stands.</param>
internal sealed record MapEntry<T>(T? Value, Position At);

/// <summary>Entries by name, in the file's order.</summary>
internal sealed class MapEntries<T>(StringComparer comparer) : OrderedDictionary<string, MapEntry<T>>(comparer);

/// <summary>A map from free names to values of one shape, in the file's order.</summary>
/// <param name="names">What a name must be.</param>
/// <param name="item">What stands under it.</param>
internal sealed class MapShape<T>(NameRule names, Shape<T> item)
    : Shape<MapEntries<T>>, IMergeShape<MapEntries<T>>
{
    /// <summary>How names are compared.</summary>
    public StringComparer Comparer { get; init; } = StringComparer.Ordinal;

    public override bool TryRead(NodeReader reader, [MaybeNullWhen(false)] out MapEntries<T> value)
    {
        value = new(Comparer);
        Bind(reader, value);
        return true;
    }

    public void Bind(NodeReader reader, MapEntries<T> target)
    {
        if (!reader.TryOpen<MappingStart>("a map"))
        {
            return;
        }

        while (!reader.TryClose())
        {
            var at = reader.At;
            if (reader.TakeName() is { } name)
            {
                reader.Enter(name);
                BindEntry(reader, target, name, at);
                reader.Leave();
            }
        }
    }

    public override JsonObject Describe(SchemaDefinitions definitions) => new()
    {
        ["type"] = "object",
        ["propertyNames"] = names.Describe(),
        ["additionalProperties"] = item.Describe(definitions),
    };

    private void BindEntry(NodeReader reader, MapEntries<T> target, string name, Position at)
    {
        if (names.Complain(name) is { } complaint)
        {
            reader.Refuse(at, complaint);
            item.TryRead(reader, out _);
            return;
        }

        var isNew = target.TryAdd(name, new(default, at), out var index);
        if (!isNew)
        {
            reader.Refuse(at, $"{Quote.Text(name)} stands here a second time; the first is at {reader.Name(target.GetAt(index).Value.At)}");
        }

        if (item.TryRead(reader, out var value) && isNew)
        {
            target.SetAt(index, new MapEntry<T>(value, at));
        }
    }
}

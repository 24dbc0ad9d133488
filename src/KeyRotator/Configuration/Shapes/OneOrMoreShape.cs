using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;

namespace KeyRotator.Configuration.Shapes;

/// <summary>A value, or a list of such values with at least one in it.</summary>
internal sealed class OneOrMoreShape<T>(Shape<T> item) : Shape<IReadOnlyList<T>>
{
    private readonly ListShape<T> _list = new(item) { Least = 1 };

    public override bool TryRead(NodeReader reader, [MaybeNullWhen(false)] out IReadOnlyList<T> value)
    {
        if (reader.IsAtList)
        {
            return _list.TryRead(reader, out value);
        }

        var isRead = item.TryRead(reader, out var one);
        value = isRead ? [one!] : null;
        return isRead;
    }

    public override JsonObject Describe(SchemaDefinitions definitions) => new()
    {
        ["anyOf"] = new JsonArray(item.Describe(definitions), _list.Describe(definitions)),
    };
}

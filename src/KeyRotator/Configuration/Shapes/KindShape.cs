using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;

namespace KeyRotator.Configuration.Shapes;

/// <summary>An object whose member <c>kind</c> decides which other members it has. The kind is written out, not interpolated.</summary>
/// <param name="what">What has a kind, for example <c>a store</c>.</param>
/// <param name="kinds">Members by kind.</param>
internal sealed class KindShape<T>(string what, IReadOnlyDictionary<string, ObjectShape<T>> kinds) : Shape<T> where T : class
{
    private const string Member = "kind";

    public override bool TryRead(NodeReader reader, [MaybeNullWhen(false)] out T value)
    {
        value = null;
        var at = reader.At;
        var kind = reader.PeekMember(Member);
        if (kind is { } given && kinds.TryGetValue(given.Value, out var shape))
        {
            return shape.TryRead(reader, out value);
        }

        IReadOnlyCollection<string> known = [.. kinds.Keys];
        reader.Refuse(kind?.At ?? at, kind is null
            ? $"{what} needs a `kind`: known are {string.Join(", ", known)}"
            : $"{Quote.Text(kind.Value.Value)} is not the kind of {what}: {NearestName.Hint(kind.Value.Value, known)}");
        reader.SkipNode();
        return false;
    }

    public override JsonObject Describe(SchemaDefinitions definitions) => new()
    {
        ["oneOf"] = new JsonArray([.. kinds.Values.Select(shape => shape.Describe(definitions))]),
    };
}

using System.Text.Json.Nodes;
using YamlDotNet.Core.Events;

namespace KeyRotator.Configuration.Shapes;

/// <summary>An object to which several files contribute: it remembers which members were seen where.</summary>
internal interface IMergedObject
{
    /// <summary>Positions by member index; null before the first file.</summary>
    Position[]? Seen { get; set; }
}

/// <summary>An object with a fixed table of members; any other member is refused.</summary>
/// <param name="name">Its name in the schema.</param>
/// <param name="create">Makes an empty one for the position at which it stands.</param>
internal sealed class ObjectShape<T>(string name, Func<Position, T> create) : Shape<T>, IMergeShape<T> where T : class
{
    private readonly List<Member<T>> _members = [];
    private readonly Dictionary<string, int> _indexes = new(StringComparer.Ordinal);
    private readonly List<Exclusion> _exclusions = [];

    public ObjectShape<T> Required<TValue>(string member, string description, Shape<TValue> shape, Action<T, TValue> set) =>
        Add(new(member, description, IsRequired: true, Merges: false, Setter(shape, set), shape.Describe));

    public ObjectShape<T> Optional<TValue>(string member, string description, Shape<TValue> shape, Action<T, TValue> set) =>
        Add(new(member, description, IsRequired: false, Merges: false, Setter(shape, set), shape.Describe));

    /// <summary>A member of which every file may give a part.</summary>
    public ObjectShape<T> Merged<TTarget>(string member, string description, IMergeShape<TTarget> shape, Func<T, TTarget> target) =>
        Add(new(member, description, IsRequired: false, Merges: true, (reader, to) => shape.Bind(reader, target(to)), shape.Describe));

    /// <summary>Exactly one of two members is given.</summary>
    public ObjectShape<T> EitherOf(string one, string other) => Exclude(new(one, other, IsOneNeeded: true));

    /// <summary>At most one of two members is given.</summary>
    public ObjectShape<T> NotBoth(string one, string other) => Exclude(new(one, other, IsOneNeeded: false));

    public override bool TryRead(NodeReader reader, out T value)
    {
        value = create(reader.At);
        Bind(reader, value);
        return true;
    }

    public void Bind(NodeReader reader, T target)
    {
        var at = reader.At;
        if (!reader.TryOpen<MappingStart>("a map"))
        {
            return;
        }

        var merged = target as IMergedObject;
        Span<Position> seen = merged is null ? stackalloc Position[_members.Count] : (merged.Seen ??= new Position[_members.Count]);
        while (!reader.TryClose())
        {
            var nameAt = reader.At;
            if (reader.TakeName() is { } member)
            {
                BindMember(reader, target, member, nameAt, seen);
            }
        }

        RefuseMissing(reader, at, seen);
    }

    public override JsonObject Describe(SchemaDefinitions definitions) => definitions.Reference(name, () => Write(definitions));

    /// <summary>The schema itself instead of a reference to it.</summary>
    public JsonObject Write(SchemaDefinitions definitions)
    {
        var schema = new JsonObject
        {
            ["type"] = "object",
            ["additionalProperties"] = false,
            ["properties"] = new JsonObject(_members.Select(member => Described(member, definitions))),
        };
        var required = _members.Where(member => member.IsRequired).Select(member => JsonValue.Create(member.Name)).ToArray();
        if (required.Length > 0)
        {
            schema["required"] = new JsonArray(required);
        }

        if (_exclusions.Count > 0)
        {
            schema["allOf"] = new JsonArray([.. _exclusions.Select(exclusion => exclusion.Describe())]);
        }

        return schema;
    }

    private static KeyValuePair<string, JsonNode?> Described(Member<T> member, SchemaDefinitions definitions)
    {
        var schema = member.Describe(definitions);
        schema.Insert(0, "description", member.Description);
        return new(member.Name, schema);
    }

    private static Action<NodeReader, T> Setter<TValue>(Shape<TValue> shape, Action<T, TValue> set) => (reader, target) =>
    {
        if (shape.TryRead(reader, out var value))
        {
            set(target, value);
        }
    };

    private ObjectShape<T> Add(Member<T> member)
    {
        _indexes.Add(member.Name, _members.Count);
        _members.Add(member);
        return this;
    }

    private ObjectShape<T> Exclude(Exclusion exclusion)
    {
        _exclusions.Add(exclusion);
        return this;
    }

    private void BindMember(NodeReader reader, T target, string member, Position at, Span<Position> seen)
    {
        if (!_indexes.TryGetValue(member, out var index))
        {
            RefuseUnknown(reader, member, at);
            return;
        }

        reader.Enter(member);
        if (seen[index].IsSet && !(_members[index].Merges && seen[index].File != at.File))
        {
            reader.Refuse(at, $"`{member}` stands here a second time; the first is at {reader.Name(seen[index])}");
        }

        seen[index] = at;
        _members[index].Bind(reader, target);
        reader.Leave();
    }

    // In a flow map an unquoted secret with a comma ends there, and its rest looks like a member without a value: a name nobody knows is
    // then not shown.
    private void RefuseUnknown(NodeReader reader, string member, Position at)
    {
        var hint = NearestName.Hint(member, _indexes.Keys);
        reader.Refuse(at, reader.IsAtNull
            ? "an unknown member without value (not shown): if it is the rest of a value with a comma, quote that value"
            : $"{Quote.Text(member)} is not a member here: {hint}");
        reader.SkipNode();
    }

    private void RefuseMissing(NodeReader reader, Position at, ReadOnlySpan<Position> seen)
    {
        foreach (var member in _members)
        {
            if (member.IsRequired && !seen[_indexes[member.Name]].IsSet)
            {
                reader.Refuse(at, $"`{member.Name}` is missing");
            }
        }

        foreach (var exclusion in _exclusions)
        {
            var (one, other) = (seen[_indexes[exclusion.One]], seen[_indexes[exclusion.Other]]);
            if (one.IsSet == other.IsSet && (one.IsSet || exclusion.IsOneNeeded))
            {
                reader.Refuse(at, exclusion.Sentence);
            }
        }
    }

    private sealed record Exclusion(string One, string Other, bool IsOneNeeded)
    {
        public string Sentence => IsOneNeeded
            ? $"exactly one of `{One}` and `{Other}` is needed"
            : $"`{One}` and `{Other}` are not given together";

        public JsonObject Describe() => IsOneNeeded
            ? new() { ["oneOf"] = new JsonArray(Requires(One), Requires(Other)) }
            : new() { ["not"] = new JsonObject { ["required"] = new JsonArray(One, Other) } };

        private static JsonObject Requires(string member) => new() { ["required"] = new JsonArray(member) };
    }
}

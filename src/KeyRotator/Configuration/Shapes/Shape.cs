using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;

namespace KeyRotator.Configuration.Shapes;

/// <summary>What a value of the file may be. One description both binds the value and writes its JSON Schema, so that the two cannot drift
/// apart.</summary>
internal abstract class Shape<T>
{
    /// <summary>Takes exactly one node. False where nothing usable was there; the fault is recorded then.</summary>
    public abstract bool TryRead(NodeReader reader, [MaybeNullWhen(false)] out T value);

    /// <summary>The value's JSON Schema.</summary>
    public abstract JsonObject Describe(SchemaDefinitions definitions);

    /// <summary>The same shape, keeping where the value stands.</summary>
    public Shape<Located<T>> Located() => new LocatedShape(this);

    private sealed class LocatedShape(Shape<T> shape) : Shape<Located<T>>
    {
        public override bool TryRead(NodeReader reader, out Located<T> value)
        {
            var at = reader.At;
            var isRead = shape.TryRead(reader, out var read);
            value = isRead ? new(read!, at, reader.IsInterpolated) : default;
            return isRead;
        }

        public override JsonObject Describe(SchemaDefinitions definitions) => shape.Describe(definitions);
    }
}

/// <summary>A shape that several files may fill together.</summary>
internal interface IMergeShape<in TTarget>
{
    /// <summary>Takes exactly one node and adds what is in it to the target.</summary>
    void Bind(NodeReader reader, TTarget target);

    /// <summary>The value's JSON Schema.</summary>
    JsonObject Describe(SchemaDefinitions definitions);
}

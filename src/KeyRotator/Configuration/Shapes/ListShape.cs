using System.Text.Json.Nodes;
using YamlDotNet.Core.Events;

namespace KeyRotator.Configuration.Shapes;

/// <summary>A list of values of one shape.</summary>
internal sealed class ListShape<T>(Shape<T> item) : Shape<IReadOnlyList<T>>
{
    /// <summary>The fewest items.</summary>
    public int Least { get; init; }

    public override bool TryRead(NodeReader reader, out IReadOnlyList<T> value)
    {
        var items = new List<T>(1);
        value = items;
        var at = reader.At;
        if (!reader.TryOpen<SequenceStart>("a list"))
        {
            return false;
        }

        var count = 0;
        for (; !reader.TryClose(); count++)
        {
            reader.Enter(count);
            if (item.TryRead(reader, out var read))
            {
                items.Add(read);
            }

            reader.Leave();
        }

        if (count < Least)
        {
            reader.Refuse(at, $"at least {Least} is needed here");
        }

        return true;
    }

    public override JsonObject Describe(SchemaDefinitions definitions)
    {
        var schema = new JsonObject { ["type"] = "array", ["items"] = item.Describe(definitions) };
        if (Least > 0)
        {
            schema["minItems"] = Least;
        }

        return schema;
    }
}

using System.Text.Json.Nodes;

namespace KeyRotator.Configuration.Shapes;

/// <summary>One member of an object: its name, what it is for, what it may be and where it goes.</summary>
/// <param name="Name">As the file spells it.</param>
/// <param name="Description">For the schema: one sentence or two, with the default.</param>
/// <param name="IsRequired">Whether an object without it is refused.</param>
/// <param name="Merges">Whether several files may each give a part of it.</param>
/// <param name="Bind">Takes the value and puts it into the object.</param>
/// <param name="Describe">The value's schema.</param>
internal sealed record Member<T>(
    string Name,
    string Description,
    bool IsRequired,
    bool Merges,
    Action<NodeReader, T> Bind,
    Func<SchemaDefinitions, JsonObject> Describe);

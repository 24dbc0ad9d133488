using System.Text;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace KeyRotator.Configuration.Shapes;

/// <summary>A cursor over one file's nodes: knows file, position and path, expands scalars, and records faults.</summary>
internal sealed class NodeReader(YamlEvents events, int file, string folder, Interpolation interpolation, FaultList faults)
{
    private const int MostAhead = 2000;
    private readonly Queue<ParsingEvent> _ahead = new();
    private readonly List<Segment> _path = [];

    private ParsingEvent Current => _ahead.TryPeek(out var next) ? next : events.Current;

    /// <summary>Where the current node starts.</summary>
    public Position At => AtOf(Current);

    /// <summary>Whether the current node is a member's missing value.</summary>
    public bool IsAtNull => Current is Scalar scalar && IsNull(scalar);

    /// <summary>Whether the current node is a map.</summary>
    public bool IsAtMap => Current is MappingStart;

    /// <summary>Whether the current node is a list.</summary>
    public bool IsAtList => Current is SequenceStart;

    /// <summary>Whether the scalar that was taken last came from the environment or a mounted file.</summary>
    public bool IsInterpolated { get; private set; }

    /// <summary>Members from the root to the current node.</summary>
    public string Path => _path.Aggregate(new StringBuilder(), static (path, segment) => segment.AppendTo(path)).ToString();

    /// <summary>True where the current collection ends; the cursor then stands behind it.</summary>
    public bool TryClose()
    {
        if (Current is not (MappingEnd or SequenceEnd))
        {
            return false;
        }

        Advance();
        return true;
    }

    public void Refuse(Position at, string message) => faults.Refuse(at, Path, message);

    /// <summary>A place in words.</summary>
    public string Name(Position at) => faults.Name(at);

    public void Enter(string name) => _path.Add(new(name, 0));

    public void Enter(int index) => _path.Add(new(null, index));

    public void Leave() => _path.RemoveAt(_path.Count - 1);

    /// <summary>Goes into a collection; where the node is none, refuses and skips it.</summary>
    public bool TryOpen<TStart>(string expected) where TStart : NodeEvent
    {
        if (Current is TStart)
        {
            Advance();
            return true;
        }

        RefuseNode(expected);
        return false;
    }

    /// <summary>Takes a member's name; where it is no text, refuses and skips name and value.</summary>
    public string? TakeName()
    {
        if (Current is Scalar scalar && !(scalar.Style is ScalarStyle.Plain && scalar.Value is "" or "<<"))
        {
            Advance();
            return interpolation.Share(scalar.Value);
        }

        var isMerge = Current is Scalar { Value: "<<" };
        Refuse(At, isMerge ? "merge keys (`<<`) are not taken: write the members out" : "a member's name is expected here");
        SkipNode();
        SkipNode();
        return null;
    }

    /// <summary>Takes a scalar and expands it; where the node is none, or it cannot be expanded, refuses and skips it.</summary>
    public bool TryTakeScalar(string expected, out ScalarText text)
    {
        text = default;
        if (Current is not Scalar scalar || IsNull(scalar))
        {
            RefuseNode(expected);
            return false;
        }

        var expanded = interpolation.Expand(scalar.Value, folder);
        if (expanded.Complaint is { } complaint)
        {
            Refuse(At, complaint.Text);
            Advance();
            return false;
        }

        Advance();
        IsInterpolated = Interpolation.IsIn(scalar.Value);
        text = new(expanded.Value!, scalar.Style is ScalarStyle.Plain, IsInterpolated);
        return true;
    }

    /// <summary>Looks ahead into the current map for a member that is a scalar, without moving.</summary>
    public Located<string>? PeekMember(string name)
    {
        if (Current is not MappingStart)
        {
            return null;
        }

        ReadAhead();
        var depth = 0;
        var isName = false;
        ParsingEvent? last = null;
        foreach (var current in _ahead)
        {
            depth += current.NestingIncrease;
            if (depth == 1 && isName && last is Scalar found && found.Value == name && current is Scalar value)
            {
                return new(value.Value, AtOf(value));
            }

            isName = depth == 1 && current is Scalar && !isName;
            last = current;
        }

        return null;
    }

    /// <summary>Skips one whole node.</summary>
    public void SkipNode()
    {
        var depth = 0;
        do
        {
            depth += Current.NestingIncrease;
            Advance();
        }
        while (depth > 0);
    }

    /// <summary>Refuses the current node for what it is and skips it.</summary>
    private void RefuseNode(string expected)
    {
        var given = Current switch
        {
            MappingStart => "a map",
            SequenceStart => "a list",
            Scalar scalar when IsNull(scalar) => "a member without value",
            _ => "a single value",
        };
        Refuse(At, $"{given} stands where {expected} is expected");
        SkipNode();
    }

    private void ReadAhead()
    {
        if (_ahead.Count > 0)
        {
            return;
        }

        var depth = 0;
        do
        {
            depth += events.Current.NestingIncrease;
            _ahead.Enqueue(events.Current);
            events.MoveNext();
        }
        while (depth > 0 && _ahead.Count < MostAhead);

        if (depth > 0)
        {
            throw new YamlFaultException($"this has more than {MostAhead:N0} parts", events.Current.Start);
        }
    }

    private void Advance()
    {
        if (!_ahead.TryDequeue(out _))
        {
            events.MoveNext();
        }
    }

    private Position AtOf(ParsingEvent node) => new(file, (int)node.Start.Line, (int)node.Start.Column);

    private static bool IsNull(Scalar scalar) => scalar.Style is ScalarStyle.Plain && CoreSchema.IsNull(scalar.Value);

    private sealed record Segment(string? Name, int Index)
    {
        public StringBuilder AppendTo(StringBuilder path) => Name is null
            ? path.Append('[').Append(Index).Append(']')
            : path.Append(path.Length > 0 ? "." : "").Append(Quote.Plain(Name));
    }
}

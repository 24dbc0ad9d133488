using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace KeyRotator.Configuration.Shapes;

/// <summary>A YAML file as events, one document of plain data: no anchors, aliases or tags, nothing deep.</summary>
/// <remarks>Events are pulled one by one and the depth is checked at each: the parser itself keeps its own stack, only readers of trees
/// recurse.</remarks>
internal sealed class YamlEvents
{
    /// <summary>The deepest nesting.</summary>
    public const int MaxDepth = 32;

    /// <summary>The longest scalar. Nothing that belongs into a configuration is longer.</summary>
    public const int MaxScalar = 64 * 1024;

    private const string Broken = "this is not valid YAML from here on";
    private readonly Parser _parser;
    private int _depth;

    /// <summary>Moves to the document's first node.</summary>
    /// <exception cref="YamlFaultException">It is not YAML, or YAML of a kind that is refused.</exception>
    public YamlEvents(TextReader text)
    {
        _parser = new(text);
        MoveNext();
        MoveNext();
        if (Current is DocumentStart)
        {
            MoveNext();
        }
    }

    /// <summary>The event under the cursor.</summary>
    public ParsingEvent Current { get; private set; } = new StreamStart();

    /// <summary>True where the file holds no node at all.</summary>
    public bool IsEmpty => Current is StreamEnd or Scalar { Value: "", Style: ScalarStyle.Plain };

    /// <summary>Goes on to the next event.</summary>
    /// <exception cref="YamlFaultException">It is not YAML, or YAML of a kind that is refused.</exception>
    public void MoveNext()
    {
        Current = Pull();
        _depth += Current.NestingIncrease;
        Check(Current);
    }

    /// <summary>Makes sure that nothing follows the document.</summary>
    /// <exception cref="YamlFaultException">Something does.</exception>
    public void Finish()
    {
        while (Current is not StreamEnd)
        {
            MoveNext();
            if (Current is DocumentStart)
            {
                throw new YamlFaultException("a second document starts here: give one document a file", Current.Start);
            }
        }
    }

    private ParsingEvent Pull()
    {
        try
        {
            return _parser.MoveNext() ? _parser.Current! : throw new YamlFaultException(Broken, Current.End);
        }
        catch (YamlException exception)
        {
            throw new YamlFaultException($"this is not valid YAML: {exception.Message}", exception.Start);
        }
        catch (Exception exception) when (exception is not (OutOfMemoryException or YamlFaultException))
        {
            // The parser throws several other types for broken input, some without a position: what was read last is the nearest there is.
            throw new YamlFaultException(Broken, Current.End);
        }
    }

    // The parser forgets to close a map for some input, such as " :<tab>a": whoever reads up to the end of it would wait for ever.
    private void Check(ParsingEvent current)
    {
        var refusal = current switch
        {
            AnchorAlias or NodeEvent { Anchor.IsEmpty: false } =>
                "anchors and aliases (`&`, `*`) are not taken: write the value out, or quote it if it starts with such a character",
            NodeEvent { Tag: { IsEmpty: false } tag } when tag != "?" => "tags (`!`) are not taken: quote the value if it starts with `!`",
            Scalar { Value.Length: > MaxScalar } => $"this value is longer than {MaxScalar:N0} characters",
            DocumentEnd when _depth != 1 => Broken,
            _ when _depth > MaxDepth + 2 => $"this is nested deeper than {MaxDepth} levels",
            _ => null,
        };
        if (refusal is not null)
        {
            throw new YamlFaultException(refusal, current.Start);
        }
    }
}

/// <summary>A file cannot be read on from here.</summary>
internal sealed class YamlFaultException(string message, Mark at) : Exception(message)
{
    /// <summary>Where.</summary>
    public Mark At { get; } = at;
}

using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace KeyRotator.Configuration.Shapes;

/// <summary>What the names of a map must be.</summary>
internal sealed class NameRule
{
    private readonly string _expected;
    private readonly string? _pattern;
    private Regex? _regex;
    private readonly IReadOnlyCollection<string> _known = [];

    /// <summary>Names of a pattern that is anchored at both ends.</summary>
    public NameRule(string expected, string pattern)
    {
        _expected = expected;
        _pattern = pattern;
    }

    /// <summary>Names of a list.</summary>
    public NameRule(string expected, IReadOnlyCollection<string> known)
    {
        _expected = expected;
        _known = known;
    }

    /// <summary>What is wrong with a name, or null.</summary>
    public string? Complain(string name)
    {
        if (_pattern is null ? _known.Contains(name) : (_regex ??= ScalarForm.Compile(_pattern)).IsMatch(name))
        {
            return null;
        }

        var hint = NearestName.Hint(name, _known);
        return $"{Quote.Text(name)} is not {_expected}{(hint.Length > 0 ? ": " : "")}{hint}";
    }

    /// <summary>The names' JSON Schema.</summary>
    public JsonObject Describe() => _pattern is null
        ? new() { ["enum"] = new JsonArray([.. _known.Select(name => JsonValue.Create(name))]) }
        : new() { ["pattern"] = _pattern };
}

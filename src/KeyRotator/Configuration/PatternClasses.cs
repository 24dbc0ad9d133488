using System.Globalization;
using System.Text;
using KeyRotator.Alerts;

namespace KeyRotator.Configuration;

/// <summary>Puts texts that the same patterns fit into one class: of a hundred thousand owners routes tell a few apart.</summary>
/// <param name="patterns">Patterns of routes.</param>
internal sealed class PatternClasses(IEnumerable<string> patterns)
{
    private readonly HashSet<string> _whole = new(patterns, StringComparer.OrdinalIgnoreCase);
    private readonly List<string> _open = [.. patterns.Where(pattern => pattern.EndsWith(RouteMatcher.Wildcard)).Distinct()];
    private readonly Dictionary<string, int> _known = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, int> _classes = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The class of a text; of none, -1.</summary>
    public int Of(string? text)
    {
        if (text is null || _whole.Count == 0)
        {
            return -1;
        }

        if (!_known.TryGetValue(text, out var known))
        {
            _known[text] = known = Number(text);
        }

        return known;
    }

    private int Number(string text)
    {
        var fitting = new StringBuilder(_whole.Contains(text) ? text : "").Append('\0');
        for (var index = 0; index < _open.Count; index++)
        {
            if (RouteMatcher.Fits(_open[index], text))
            {
                fitting.Append(CultureInfo.InvariantCulture, $"{index},");
            }
        }

        var mark = fitting.ToString();
        return _classes.TryGetValue(mark, out var number) ? number : _classes[mark] = _classes.Count;
    }
}

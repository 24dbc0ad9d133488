using System.Text.RegularExpressions;

namespace KeyRotator.EndToEnd.Chart;

/// <summary>One value of the chart.</summary>
/// <param name="Path">Its members, parted by dots.</param>
/// <param name="Default">As values.yaml has it, on one line.</param>
/// <param name="Meaning">The comment above it.</param>
internal sealed record ChartValue(string Path, string Default, string Meaning);

/// <summary>Reads values.yaml with its comments. A value without one is a group, or belongs to the value above it.</summary>
internal static partial class ChartValues
{
    public static IReadOnlyList<ChartValue> Read(IEnumerable<string> lines)
    {
        var found = new List<ChartValue>();
        var comment = new List<string>();
        var groups = new Stack<(int Indent, string Name)>();
        foreach (var line in lines)
        {
            if (Comment().Match(line) is { Success: true } words)
            {
                comment.Add(words.Groups["text"].Value);
            }
            else if (Member().Match(line) is { Success: true } member)
            {
                Take(found, comment, groups, member);
            }
            else
            {
                comment.Clear(); // what stands apart is about the whole file
            }
        }

        return found;
    }

    private static void Take(List<ChartValue> found, List<string> comment, Stack<(int Indent, string Name)> groups, Match member)
    {
        var (indent, name, text) = (member.Groups["indent"].Length, member.Groups["name"].Value, member.Groups["value"].Value);
        while (groups.Count > 0 && groups.Peek().Indent >= indent)
        {
            groups.Pop();
        }

        var path = string.Join('.', groups.Reverse().Select(group => group.Name).Append(name));
        if (comment.Count > 0)
        {
            found.Add(new(path, text, string.Join(' ', comment)));
        }
        else if (found.FindIndex(value => path.StartsWith($"{value.Path}.", StringComparison.Ordinal)) is >= 0 and var of)
        {
            var inner = $"{path[(found[of].Path.Length + 1)..]}: {text}";
            found[of] = found[of] with { Default = found[of].Default.Length == 0 ? inner : $"{found[of].Default}, {inner}" };
        }
        else if (text.Length > 0)
        {
            found.Add(new(path, text, ""));
        }

        comment.Clear();
        groups.Push((indent, name));
    }

    [GeneratedRegex("^ *# (?<text>.+)$")]
    private static partial Regex Comment();

    [GeneratedRegex("^(?<indent> *)(?<name>[A-Za-z]+):(?: (?<value>.+))?$")]
    private static partial Regex Member();
}

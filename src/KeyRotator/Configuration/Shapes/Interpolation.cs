using System.Text;
using System.Text.RegularExpressions;

namespace KeyRotator.Configuration.Shapes;

/// <summary>Turns scalars into texts: <c>${NAME}</c> takes an environment variable, <c>${file:path}</c> a mounted file, <c>$${</c> stands
/// for <c>${</c>. What was put in is not expanded again. Of a file and of a variable one newline at the end goes: whoever made a secret by
/// typing it has one there.</summary>
internal sealed partial class Interpolation(Func<string, string?> environment)
{
    /// <summary>The largest mounted file.</summary>
    public const int MaxFileLength = 64 * 1024;

    private const string FilePrefix = "file:";
    private readonly HashSet<string> _shared = new(StringComparer.Ordinal);
    private readonly Dictionary<string, FileStamp> _inputs = new(StringComparer.Ordinal);

    /// <summary>All files that scalars named, readable or not, as they looked before they were read.</summary>
    public IReadOnlyCollection<FileStamp> Inputs => _inputs.Values;

    /// <summary>Whether a scalar takes anything from outside.</summary>
    public static bool IsIn(string text) =>
        text.Contains("${", StringComparison.Ordinal) && Marker().Matches(text).Any(match => match.Value[1] != '$');

    /// <summary>One string for equal texts: an inventory repeats its stores, owners and environments many times.</summary>
    public string Share(string text)
    {
        if (_shared.TryGetValue(text, out var shared))
        {
            return shared;
        }

        _shared.Add(text);
        return text;
    }

    /// <summary>Expands a scalar. A complaint names the variable or file that is missing.</summary>
    public Parsed<string> Expand(string text, string folder)
    {
        if (!text.Contains("${", StringComparison.Ordinal))
        {
            return Share(text);
        }

        var expanded = new StringBuilder();
        var rest = 0;
        foreach (Match match in Marker().Matches(text))
        {
            var value = Resolve(match, folder);
            if (value.Complaint is not null)
            {
                return value;
            }

            expanded.Append(text, rest, match.Index - rest).Append(value.Value);
            rest = match.Index + match.Length;
        }

        return expanded.Append(text, rest, text.Length - rest).ToString();
    }

    /// <summary>The text as it was meant.</summary>
    public static string WithoutLastNewline(string text) =>
        text.EndsWith("\r\n", StringComparison.Ordinal) ? text[..^2] : text.EndsWith('\n') ? text[..^1] : text;

    private Parsed<string> Resolve(Match match, string folder) => match.Groups["name"].Value switch
    {
        _ when match.Value == "$${" => "${",
        var name when FileName().IsMatch(name) => ReadFile(name[FilePrefix.Length..], folder),
        var name when VariableName().IsMatch(name) => environment(name) is { } value
            ? WithoutLastNewline(value)
            : new Complaint($"the environment variable `{name}` is not set"),
        _ => new Complaint("`${` starts `${NAME}` or `${file:/path}` and ends with `}`: write `$${` where the two characters are meant"),
    };

    private Parsed<string> ReadFile(string path, string folder)
    {
        var full = Path.GetFullPath(path, folder);
        _inputs.TryAdd(full, FileStamp.Of(full));
        var content = FileContent.Read(full, MaxFileLength);
        return content.Complaint is { } complaint
            ? new Complaint($"the file {Quote.Text(path)} of `${{file:…}}` {complaint}")
            : WithoutLastNewline(Encoding.UTF8.GetString(content.Bytes));
    }

    [GeneratedRegex(@"\$\$\{|\$\{(?<name>[^}]*)\}|\$\{", RegexOptions.CultureInvariant)]
    private static partial Regex Marker();

    [GeneratedRegex(@"^file:[^\u0000-\u001F]+\z", RegexOptions.CultureInvariant)]
    private static partial Regex FileName();

    [GeneratedRegex(@"^[A-Za-z_][A-Za-z0-9_]*\z", RegexOptions.CultureInvariant)]
    private static partial Regex VariableName();
}

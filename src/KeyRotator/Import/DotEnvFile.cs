using System.Text;
using System.Text.RegularExpressions;
using KeyRotator.Secrets;

namespace KeyRotator.Import;

/// <summary>Reads a <c>.env</c> file: <c>NAME=VALUE</c> lines as dotenv and Compose take them.</summary>
/// <remarks>A byte order mark, CRLF, blank lines, comments and a leading <c>export</c> are allowed. A value in single quotes or backticks
/// is literal; in double
/// quotes, backslash escapes hold; quoted values may span lines. An unquoted value ends at white space before a <c>#</c>. Nothing is
/// expanded.
/// The last line for a name counts. Faults name the line and never what is on it: a line that is not understood may be a key.</remarks>
internal static partial class DotEnvFile
{
    private const int LargestFile = 1024 * 1024;
    private const int MostLinesInQuotes = 100;
    private static readonly UTF8Encoding s_strictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The file's variables; a file that cannot be read is a fault of line 0.</summary>
    public static DotEnvContent Read(string path)
    {
        try
        {
            using var file = File.OpenRead(path);
            return file.Length > LargestFile ? Refused($"the file is larger than {LargestFile / 1024} KiB") : Parse(ReadText(file));
        }
        catch (DecoderFallbackException)
        {
            return Refused("the file is not UTF-8 text");
        }
        catch (Exception fault) when (fault is FileNotFoundException or DirectoryNotFoundException)
        {
            return Refused("the file is not there");
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return Refused("the file cannot be read");
        }
    }

    /// <summary>The variables of a file's text.</summary>
    public static DotEnvContent Parse(string text)
    {
        var lines = text.TrimStart('\uFEFF').Split('\n').Select(line => line.TrimEnd('\r')).ToArray();
        var variables = new Dictionary<string, SecretValue>(StringComparer.Ordinal);
        var faults = new List<ImportFault>();
        for (var at = 0; at < lines.Length; at++)
        {
            if (IsBlank(lines[at]))
            {
                continue;
            }

            if (Assignment().Match(lines[at]) is not { Success: true } match)
            {
                faults.Add(new(at + 1, "this is not NAME=VALUE"));
                continue;
            }

            var value = ReadValue(match.Groups["value"].Value, lines.AsSpan(at + 1));
            if (value.Fault is not null)
            {
                faults.Add(new(at + 1, value.Fault));
                continue;
            }

            variables[match.Groups["name"].Value] = new(value.Text);
            at += value.FurtherLines;
        }

        return new(variables, faults);
    }

    private static bool IsBlank(string line) => line.AsSpan().TrimStart() is [] or ['#', ..];

    private static DotEnvValue ReadValue(string first, ReadOnlySpan<string> further)
    {
        if (first is not ['"' or '\'' or '`', ..])
        {
            return new(Comment().Replace(first, "").TrimEnd(), 0, null);
        }

        var text = first;
        for (var lines = 0; lines <= Math.Min(further.Length, MostLinesInQuotes); lines++)
        {
            text = lines == 0 ? text : $"{text}\n{further[lines - 1]}";
            if (ClosingQuote(text) is { } end)
            {
                var isAlone = IsBlank(text[(end + 1)..]);
                return new(Unescape(text[0], text[1..end]), lines, isAlone ? null : "text follows the closing quote");
            }
        }

        return new("", 0, "the quote that opens the value is not closed");
    }

    private static int? ClosingQuote(string text)
    {
        for (var at = 1; at < text.Length; at++)
        {
            if (text[at] == text[0])
            {
                return at;
            }

            at += text[0] == '"' && text[at] == '\\' ? 1 : 0;
        }

        return null;
    }

    private static string Unescape(char quote, string text) => quote != '"' ? text : Escape().Replace(text, escape => escape.Value[1] switch
    {
        'n' => "\n",
        'r' => "\r",
        't' => "\t",
        '"' or '\\' or '$' => escape.Value[1..],
        _ => escape.Value,
    });

    private static string ReadText(FileStream file)
    {
        using var reader = new StreamReader(file, s_strictUtf8, detectEncodingFromByteOrderMarks: false);
        return reader.ReadToEnd();
    }

    private static DotEnvContent Refused(string message) => new(new Dictionary<string, SecretValue>(), [new(0, message)]);

    [GeneratedRegex(@"^\s*(?:export\s+)?(?<name>[A-Za-z_][A-Za-z0-9_.-]*)\s*=\s*(?<value>.*)$", RegexOptions.CultureInvariant)]
    private static partial Regex Assignment();

    [GeneratedRegex(@"(?:^|\s)#.*$", RegexOptions.CultureInvariant)]
    private static partial Regex Comment();

    [GeneratedRegex(@"\\.", RegexOptions.CultureInvariant)]
    private static partial Regex Escape();

    private sealed record DotEnvValue(string Text, int FurtherLines, string? Fault)
    {
        public override string ToString() => nameof(DotEnvValue);
    }
}

/// <summary>What a <c>.env</c> file holds.</summary>
/// <param name="Variables">Values by name.</param>
/// <param name="Faults">Lines that were not understood, in order.</param>
internal sealed record DotEnvContent(IReadOnlyDictionary<string, SecretValue> Variables, IReadOnlyList<ImportFault> Faults);

/// <summary>A line that was not understood.</summary>
/// <param name="Line">From 1; 0 means the file as a whole.</param>
/// <param name="Message">What is wrong. Nothing of what is on the line.</param>
internal sealed record ImportFault(int Line, string Message);

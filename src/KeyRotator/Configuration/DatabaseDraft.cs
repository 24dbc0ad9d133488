using System.Text.RegularExpressions;
using KeyRotator.Configuration.Shapes;
using KeyRotator.State;

namespace KeyRotator.Configuration;

/// <summary>Where state is kept, as it was written: a file, or a server.</summary>
/// <param name="Path">The file as written, <c>:memory:</c> for none; null for a server.</param>
/// <param name="Server">The server; null for a file.</param>
internal sealed partial record DatabaseDraft(string? Path, PostgresAddress? Server)
{
    /// <summary>What it must be, in words that follow "is not".</summary>
    public const string Expected = "`sqlite:PATH`, `sqlite::memory:` or `postgres://USER:PASSWORD@HOST:5432/DATABASE?sslmode=verify-full`";

    /// <summary>What it looks like.</summary>
    public const string Pattern = $"{Shape}$";

    /// <summary>Overrides the file's <c>database</c> where it is set and not empty: what a container is given as a secret.</summary>
    public const string Variable = "KEYROTATOR_DATABASE";

    private const string Shape =
        "^(sqlite:[^\\u0000-\\u001F\\u007F]+|postgres(ql)?://[^\\u0000-\\u001F\\u007F]+|[^\\u0000-\\u001F\\u007F]*=[^\\u0000-\\u001F\\u007F]+)";

    private const string Sqlite = "sqlite:";

    /// <summary>A file beside the configuration.</summary>
    public static DatabaseDraft Default { get; } = new("keyrotator.db", null);

    /// <summary>Reads it.</summary>
    public static Parsed<DatabaseDraft> Read(string text)
    {
        if (!Form().IsMatch(text))
        {
            return new Complaint("");
        }

        if (!PostgresText.IsMeant(text))
        {
            return new DatabaseDraft(text[Sqlite.Length..], null);
        }

        var server = PostgresText.Read(text);
        return server.Complaint is { } complaint ? complaint : new DatabaseDraft(null, server.Value);
    }

    [GeneratedRegex($"{Shape}\\z", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Form();
}

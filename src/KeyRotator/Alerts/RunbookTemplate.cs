using System.Text.RegularExpressions;
using KeyRotator.Findings;

namespace KeyRotator.Alerts;

/// <summary>Where the operators' own page about a finding is: an https link with placeholders, which stand behind the host.</summary>
public sealed partial class RunbookTemplate
{
    /// <summary>What it looks like: printable ASCII, without user info and query string.</summary>
    internal const string Pattern = Start + "$";

    private const string Start = @"^https://[A-Za-z0-9.-]+(:[0-9]{1,5})?(/" + Parts + ")?(#" + Parts + ")?";
    private const string Parts = "([!$%&'()*+,./:;=@_~0-9A-Za-z-]|" + Placeholders + ")*";
    private const string Placeholders = @"\{(reason|key|provider|environment|owner)\}";

    /// <summary>What stands for a name that a finding does not have.</summary>
    private const string Nothing = "-";

    private RunbookTemplate(string text) => Text = text;

    /// <summary>The template as it was given.</summary>
    public string Text { get; }

    /// <summary>Reads a template.</summary>
    /// <exception cref="FormatException">It is none; the message says why, without the text.</exception>
    public static RunbookTemplate Parse(string text) =>
        Complain(text) is { } complaint ? throw new FormatException(complaint) : new(text);

    /// <summary>What is wrong with a template, or null. It never quotes the text.</summary>
    internal static string? Complain(string text)
    {
        var authority = text.StartsWith("https://", StringComparison.Ordinal) ? text["https://".Length..].Split('/', '?', '#')[0] : null;
        return text switch
        {
            _ when Braces().Replace(text, "").AsSpan().IndexOfAny('{', '}') >= 0 => "a brace is not closed, or not opened",
            _ when Braces().Matches(text).Any(match => !Known().IsMatch(match.Value)) =>
                "known placeholders are {reason}, {key}, {provider}, {environment} and {owner}",
            _ when authority is null => "it must begin with `https://`",
            _ when authority.Contains('@') => "user info would be shown to every receiver: leave out what stands before `@`",
            _ when text.Contains('?') => "no link has a query string, which may carry a credential: leave out what begins with `?`",
            _ when authority.Contains('{') => "placeholders stand behind the host",
            _ when !Whole().IsMatch(text) => "write what is not a letter, digit or one of !$%&'()*+,./:;=@_~- percent-encoded",
            _ when !Uri.TryCreate(text, UriKind.Absolute, out _) => "no such host or port can be",
            _ => null,
        };
    }

    /// <summary>The link for a finding. Names are percent-encoded; what a finding does not have becomes <c>-</c>.</summary>
    /// <param name="reason">The finding's reason.</param>
    /// <param name="subject">The key's id, or the name of what it is about.</param>
    /// <param name="provider">The provider instance, or null.</param>
    /// <param name="environment">The key's environment, or null.</param>
    /// <param name="owner">The key's owner, or null.</param>
    public string Fill(FindingReason reason, string subject, string? provider, string? environment, string? owner) =>
        Known().Replace(Text, match => match.Groups[1].Value switch
        {
            "reason" => reason.ToString(),
            "key" => Encoded(subject),
            "provider" => Encoded(provider),
            "environment" => Encoded(environment),
            _ => Encoded(owner),
        });

    // Dots alone would lead out of the folder that the template names.
    private static string Encoded(string? name) => string.IsNullOrEmpty(name?.Trim('.')) ? Nothing : Uri.EscapeDataString(name);

    [GeneratedRegex(@"\{[^{}]*\}", RegexOptions.CultureInvariant)]
    private static partial Regex Braces();

    [GeneratedRegex(Placeholders, RegexOptions.CultureInvariant)]
    private static partial Regex Known();

    [GeneratedRegex(Start + @"\z", RegexOptions.CultureInvariant)]
    private static partial Regex Whole();
}

namespace KeyRotator.Alerts;

/// <summary>What every channel does to text before it leaves.</summary>
internal static class AlertText
{
    private const int MaxLink = 500;

    /// <summary>At most that many UTF-16 code units, the last an ellipsis where something was cut; a surrogate pair stays whole.</summary>
    public static string? Cut(string? text, int maxLength)
    {
        if (text is null || text.Length <= maxLength)
        {
            return text;
        }

        var end = char.IsHighSurrogate(text[maxLength - 2]) ? maxLength - 2 : maxLength - 1;
        return text[..end] + "…";
    }

    /// <summary>The text on one line of at most that many UTF-16 code units: what would steer a screen or a reader's eye (control
    /// characters, line breaks, marks of direction) becomes a space.</summary>
    public static string Line(string text, int maxLength) =>
        Cut(string.Create(text.Length, text, static (line, source) =>
        {
            for (var index = 0; index < line.Length; index++)
            {
                line[index] = Steers(source[index]) ? ' ' : source[index];
            }
        }), maxLength)!;

    private static bool Steers(char letter) => char.IsControl(letter)
        || letter is '\u2028' or '\u2029' or '\u200e' or '\u200f' or '\u061c' or (>= '\u202a' and <= '\u202e') or (
            >= '\u2066' and <= '\u2069');

    /// <summary>A web link without user information, query and fragment, which may carry credentials; null where it is no web link or too
    /// long to be one.</summary>
    public static string? Link(string? url) => Link(url, UriComponents.SchemeAndServer | UriComponents.Path);

    /// <summary>The same for a page of the operators' own, which may say where on the page.</summary>
    public static string? Guide(string? url) => Link(url, UriComponents.SchemeAndServer | UriComponents.Path | UriComponents.Fragment);

    private static string? Link(string? url, UriComponents parts) =>
        url?.Length <= MaxLink && Uri.TryCreate(url, UriKind.Absolute, out var uri) && uri.Scheme is "https" or "http"
            ? uri.GetComponents(parts, UriFormat.UriEscaped)
            : null;
}

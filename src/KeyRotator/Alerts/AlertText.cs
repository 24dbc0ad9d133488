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

    /// <summary>A web link without user information, query and fragment, which may carry credentials; null where it is no web link or too
    /// long to be one.</summary>
    public static string? Link(string? url) =>
        url?.Length <= MaxLink && Uri.TryCreate(url, UriKind.Absolute, out var uri) && uri.Scheme is "https" or "http"
            ? uri.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped)
            : null;
}

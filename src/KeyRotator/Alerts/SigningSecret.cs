namespace KeyRotator.Alerts;

/// <summary>The text form of a signing secret: base64 of 24 to 64 random bytes, with or without <c>whsec_</c> in front (Standard Webhooks,
/// "Signature scheme").</summary>
internal static class SigningSecret
{
    private const string Prefix = "whsec_";
    private const int MinBytes = 24;
    private const int MaxBytes = 64;

    /// <summary>What is wrong with the text, one sentence that shows nothing of it; null where it is fit to sign with.</summary>
    public static string? Validate(string text) => TryDecode(text)?.Length switch
    {
        null => $"A signing secret is base64, with or without {Prefix} in front.",
        < MinBytes => $"A signing secret has at least {MinBytes} bytes before base64.",
        > MaxBytes => $"A signing secret has at most {MaxBytes} bytes before base64.",
        _ => null,
    };

    /// <summary>The bytes to sign with.</summary>
    /// <exception cref="FormatException">The text is not fit to sign with; the message says why and shows nothing of it.</exception>
    public static byte[] Decode(string text) => Validate(text) is { } fault ? throw new FormatException(fault) : TryDecode(text)!;

    private static byte[]? TryDecode(string text)
    {
        var base64 = text.StartsWith(Prefix, StringComparison.Ordinal) ? text[Prefix.Length..] : text;
        var bytes = new byte[base64.Length];
        return Convert.TryFromBase64String(base64, bytes, out var length) ? bytes[..length] : null;
    }
}

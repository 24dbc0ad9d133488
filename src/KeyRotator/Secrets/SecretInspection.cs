using System.Buffers;

namespace KeyRotator.Secrets;

/// <summary>Finds what is wrong with a value's text. A fault is reported, never repaired: consumers read the same bytes.</summary>
public static class SecretInspection
{
    /// <summary>The longest value that is taken for a key. AWS Bedrock's short-term keys, the longest known, stay below 3,000.</summary>
    public const int MaxLength = 4096;

    private static readonly SearchValues<char> s_maskCharacters = SearchValues.Create("*.•·xX…●");
    private const string Quotes = "\"'`“”‘’";

    /// <summary>The first defect found, in the order of <see cref="SecretDefect"/>'s members.</summary>
    public static SecretDefect Inspect(SecretValue value)
    {
        ArgumentNullException.ThrowIfNull(value);
        var text = value.Reveal().AsSpan();
        return text switch
        {
            [] => SecretDefect.Empty,
            _ when text.Trim() is ['{', .., '}'] => SecretDefect.JsonObject,
            _ when text.ContainsAny('\r', '\n') => SecretDefect.Newline,
            ['\uFEFF', ..] => SecretDefect.ByteOrderMark,
            _ when ContainsWhiteSpace(text) => SecretDefect.Whitespace,
            _ when Quotes.Contains(text[0]) || Quotes.Contains(text[^1]) => SecretDefect.Quoted,
            _ when IsMasked(text) => SecretDefect.Masked,
            _ when ContainsControl(text) => SecretDefect.ControlCharacter,
            _ when text.ContainsAnyExceptInRange('\u0020', '\u007E') => SecretDefect.NotAscii,
            { Length: > MaxLength } => SecretDefect.TooLong,
            _ => SecretDefect.None,
        };
    }

    /// <summary>Whether an HTTP header can carry the value unchanged: 1 to <see cref="MaxLength"/> visible ASCII characters.</summary>
    public static bool FitsIntoHeader(SecretValue value)
    {
        ArgumentNullException.ThrowIfNull(value);
        return value.Length is > 0 and <= MaxLength && !value.Reveal().AsSpan().ContainsAnyExceptInRange('!', '~');
    }

    /// <summary>Whether a text repeats the value. A value of less than 8 characters is in too many innocent texts to tell.</summary>
    public static bool IsRepeatedIn(SecretValue value, string? text)
    {
        ArgumentNullException.ThrowIfNull(value);
        return value.Length >= 8 && text?.Contains(value.Reveal(), StringComparison.OrdinalIgnoreCase) == true;
    }

    private static bool ContainsWhiteSpace(ReadOnlySpan<char> text)
    {
        foreach (var character in text)
        {
            if (char.IsWhiteSpace(character))
            {
                return true;
            }
        }

        return false;
    }

    private static bool ContainsControl(ReadOnlySpan<char> text)
    {
        foreach (var character in text)
        {
            if (char.IsControl(character))
            {
                return true;
            }
        }

        return false;
    }

    // "sk-****ab" or "****": three mask characters in a row occur in no vendor's key, save x, which may.
    private static bool IsMasked(ReadOnlySpan<char> text) =>
        !text.ContainsAnyExcept(s_maskCharacters)
        || text.IndexOf("***") >= 0 || text.IndexOf("...") >= 0 || text.IndexOfAny("•●…") >= 0;
}

using System.Buffers;
using System.Globalization;
using System.Text.Json;

namespace KeyRotator.Providers;

/// <summary>Reads single values of an answer. What passes on to people is cut to the shape of an identifier: vendors echo keys in free
/// text.</summary>
internal static class WireValues
{
    private const int LongestId = 100;
    private const DateTimeStyles Utc = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal;
    private static readonly SearchValues<char> s_idCharacters = SearchValues.Create(MadeUp.UrlSafe + ".:/");

    /// <summary>The string member of an object, or null.</summary>
    public static string? Text(this JsonElement element, ReadOnlySpan<byte> member) =>
        Member(element, member) is { ValueKind: JsonValueKind.String } value ? value.GetString() : null;

    /// <summary>The member of an object, or null.</summary>
    public static JsonElement? Member(this JsonElement element, ReadOnlySpan<byte> member) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(member, out var value) ? value : null;

    /// <summary>The text where it is an identifier (letters, digits and <c>-_.:/</c>, at most 100), else null.</summary>
    public static string? Id(string? text) =>
        text is { Length: > 0 and <= LongestId } && !text.AsSpan().ContainsAnyExcept(s_idCharacters) ? text : null;

    /// <summary>An instant (UTC) from an RFC 3339 text, a plain date (its midnight) or seconds since 1970; else null.</summary>
    public static DateTimeOffset? Instant(JsonElement? value) => value switch
    {
        { ValueKind: JsonValueKind.String } text => Parse(text.GetString()),
        { ValueKind: JsonValueKind.Number } number when number.TryGetInt64(out var seconds) && seconds is > 0 and < 253_402_300_800 =>
            DateTimeOffset.FromUnixTimeSeconds(seconds),
        _ => null,
    };

    private static DateTimeOffset? Parse(string? text) =>
        text is { Length: >= 10 } && text[4] == '-' && text[7] == '-'
        && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, Utc, out var instant)
            ? instant
            : null;
}

using System.Buffers;

namespace KeyRotator.Keys;

/// <summary>A key's name in the inventory: 1 to 200 characters of <c>a-z A-Z 0-9 . _ - /</c>, starting with a letter or digit. Compared
/// ordinally.</summary>
public readonly record struct KeyId
{
    /// <summary>The longest id.</summary>
    public const int MaxLength = 200;

    private static readonly SearchValues<char> s_allowed = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-/");

    private KeyId(string value) => Value = value;

    /// <summary>The text.</summary>
    public string Value { get; }

    /// <summary>Reads an id.</summary>
    /// <exception cref="FormatException">The text does not have the shape of an id.</exception>
    public static KeyId Parse(string text) =>
        TryParse(text, out var id) ? id : throw new FormatException(
            $"A key id has 1 to {MaxLength} characters of a-z A-Z 0-9 . _ - / and starts with a letter or digit.");

    /// <summary>Reads an id; false where the text does not have the shape of one.</summary>
    public static bool TryParse(string? text, out KeyId id)
    {
        id = text is { Length: > 0 and <= MaxLength } && char.IsAsciiLetterOrDigit(text[0])
            && !text.AsSpan().ContainsAnyExcept(s_allowed) ? new(text) : default;
        return id.Value is not null;
    }

    /// <summary>Whether an id may have this character.</summary>
    public static bool Allows(char letter) => s_allowed.Contains(letter);

    /// <inheritdoc />
    public override string ToString() => Value ?? "";
}

namespace KeyRotator.Secrets;

/// <summary>What makes a value unfit to be a key before any provider is asked.</summary>
public enum SecretDefect
{
    /// <summary>Nothing is wrong with it.</summary>
    None = 0,

    /// <summary>No character at all.</summary>
    Empty,

    /// <summary>A whole JSON object in place of one of its members: sent, it would show all of them to a provider.</summary>
    JsonObject,

    /// <summary>A carriage return or line feed anywhere.</summary>
    Newline,

    /// <summary>A byte order mark in front.</summary>
    ByteOrderMark,

    /// <summary>White space in front, behind or inside.</summary>
    Whitespace,

    /// <summary>Wrapped in quotes.</summary>
    Quoted,

    /// <summary>A placeholder or masked value: only dots, asterisks, bullets or x, or a run of them inside.</summary>
    Masked,

    /// <summary>A control character, which no HTTP header may carry.</summary>
    ControlCharacter,

    /// <summary>A character outside ASCII, which no HTTP header may carry.</summary>
    NotAscii,

    /// <summary>Longer than 4,096 characters: longer than any provider's key.</summary>
    TooLong,
}

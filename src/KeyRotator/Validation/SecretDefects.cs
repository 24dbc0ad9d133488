using System.Diagnostics;
using KeyRotator.Secrets;

namespace KeyRotator.Validation;

/// <summary>Words for what makes a value unfit.</summary>
internal static class SecretDefects
{
    /// <summary>A predicate for a sentence whose subject is the value, or null where nothing is wrong.</summary>
    public static string? Describe(SecretDefect defect) => defect switch
    {
        SecretDefect.None => null,
        SecretDefect.Empty => "is empty",
        SecretDefect.JsonObject => "is a JSON object, of which `field` names one member",
        SecretDefect.Newline => "contains a newline",
        SecretDefect.ByteOrderMark => "starts with a byte order mark",
        SecretDefect.Whitespace => "contains white space",
        SecretDefect.Quoted => "stands in quotes",
        SecretDefect.Masked => "is masked or a placeholder",
        SecretDefect.ControlCharacter => "contains a control character",
        SecretDefect.NotAscii => "contains a character outside ASCII",
        SecretDefect.TooLong => $"is longer than {SecretInspection.MaxLength} characters",
        _ => throw new UnreachableException(),
    };
}

using System.Text.RegularExpressions;

namespace KeyRotator.Configuration.Shapes;

/// <summary>What YAML 1.2's core schema makes of a scalar without quotes (YAML 1.2.2, section 10.3.2).</summary>
internal static partial class CoreSchema
{
    /// <summary>Whether it is nothing at all.</summary>
    public static bool IsNull(string plain) => plain is "" or "~" or "null" or "Null" or "NULL";

    /// <summary>Whether it is text, and not null, a boolean or a number.</summary>
    public static bool IsText(string plain) =>
        !IsNull(plain) && plain is not ("true" or "True" or "TRUE" or "false" or "False" or "FALSE") && !Number().IsMatch(plain);

    [GeneratedRegex(
        @"^([-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|0o[0-7]+|0x[0-9a-fA-F]+|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN))\z",
        RegexOptions.CultureInvariant)]
    private static partial Regex Number();
}

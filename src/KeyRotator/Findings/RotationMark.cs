using System.Globalization;

namespace KeyRotator.Findings;

/// <summary>What the findings of one rotation are told apart by.</summary>
internal static class RotationMark
{
    private const string Prefix = "rotation ";

    /// <summary>The mark of a rotation's findings.</summary>
    public static string Of(long rotation) => Prefix + rotation.ToString(CultureInfo.InvariantCulture);

    /// <summary>The rotation's number, or null where the mark is none of a rotation.</summary>
    public static long? NumberOf(string mark) => mark.StartsWith(Prefix, StringComparison.Ordinal)
        && long.TryParse(mark.AsSpan(Prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}

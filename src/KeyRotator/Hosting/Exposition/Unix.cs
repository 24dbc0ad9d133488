namespace KeyRotator.Hosting.Exposition;

/// <summary>Times as metrics tell them.</summary>
internal static class Unix
{
    /// <summary>Seconds since 1970, to the millisecond; NaN for none.</summary>
    public static double Seconds(DateTimeOffset? at) => SecondsOrNull(at) ?? double.NaN;

    /// <summary>The same; null for none.</summary>
    public static double? SecondsOrNull(DateTimeOffset? at) => at?.ToUnixTimeMilliseconds() / 1000.0;
}

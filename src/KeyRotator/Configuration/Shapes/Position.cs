namespace KeyRotator.Configuration.Shapes;

/// <summary>A place in the configuration. The default value is nowhere.</summary>
/// <param name="File">Index among the files that were read.</param>
/// <param name="Line">From 1.</param>
/// <param name="Column">From 1.</param>
internal readonly record struct Position(int File, int Line, int Column)
{
    /// <summary>Whether it is somewhere.</summary>
    public bool IsSet => Line > 0;
}

/// <summary>A value, and where it stands.</summary>
/// <param name="Value">The value.</param>
/// <param name="At">Where.</param>
/// <param name="IsInterpolated">Whether it came from the environment or a mounted file, and so is never printed.</param>
internal readonly record struct Located<T>(T Value, Position At, bool IsInterpolated = false);

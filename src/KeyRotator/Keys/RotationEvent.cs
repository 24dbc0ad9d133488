namespace KeyRotator.Keys;

/// <summary>Something that happened in a rotation.</summary>
/// <param name="At">When (UTC).</param>
/// <param name="Actor">Who did it: an operator, or the verb that carried the rotation on.</param>
/// <param name="What">A sentence of ours. Never a secret.</param>
public sealed record RotationEvent(DateTimeOffset At, string Actor, string What);

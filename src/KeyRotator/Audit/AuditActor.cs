namespace KeyRotator.Audit;

/// <summary>Who acts.</summary>
/// <param name="Name">The operating system's account and host, as in <c>ops@bastion</c>; behind an operator's name where a token was
/// given, as in <c>ana (ops@bastion)</c>.</param>
/// <param name="How">The verb of the command line, as in <c>rotations rollback</c>, <c>check</c> or <c>run</c>.</param>
public sealed record AuditActor(string Name, string How)
{
    /// <summary>Nobody said who it is.</summary>
    public static AuditActor Unnamed { get; } = new("unknown", "unknown");
}

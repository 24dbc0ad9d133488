namespace KeyRotator.Findings;

/// <summary>How much a finding matters. Ordered: a greater member outranks a smaller one.</summary>
public enum Severity
{
    /// <summary>Worth knowing; sent only where a route asks for it.</summary>
    Info = 0,

    /// <summary>An operator should look this week.</summary>
    Warning = 1,

    /// <summary>A product is down or will be: somebody is called.</summary>
    Critical = 2,
}

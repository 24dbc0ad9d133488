namespace KeyRotator.Keys;

/// <summary>That a key is held: neither read nor probed, and alerts nobody. By the configuration, by an operator, or by both.</summary>
public sealed record Suspension
{
    /// <summary>The configuration says so, and no operator.</summary>
    public static Suspension OfConfiguration { get; } = new() { IsDeclared = true };

    /// <summary>Whether the configuration holds it, alone or as well.</summary>
    public bool IsDeclared { get; init; }

    /// <summary>Since when an operator holds it (UTC); null where none does.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>That operator; null where none holds it.</summary>
    public string? By { get; init; }

    /// <summary>Why, in the operator's words; null where none holds it.</summary>
    public string? Reason { get; init; }

    /// <summary>When it ends by itself (UTC); null where an operator or the configuration must end it.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>Whether an operator holds it.</summary>
    public bool IsByOperator => By is not null;

    /// <summary>Who holds it and why, in words that follow "the key was".</summary>
    public string Words => IsByOperator ? $"suspended by {By}: {Reason}" : "suspended by the configuration";
}

namespace KeyRotator.Demo;

/// <summary>A key that plays in the demo.</summary>
/// <param name="Id">Its id in the inventory.</param>
/// <param name="Provider">Its provider.</param>
/// <param name="Owner">Whose it is.</param>
/// <param name="DaysLeft">How long it is said to be good for.</param>
internal sealed record DemoKey(string Id, string Provider, string Owner, int DaysLeft)
{
    /// <summary>Its name in the store.</summary>
    public string Secret => $"llm/{Id}";

    /// <summary>The stores that its consumers read it from.</summary>
    public IReadOnlyList<string> Stores { get; init; } = [DemoSettings.Store];
}

/// <summary>The keys that play.</summary>
internal static class DemoCast
{
    /// <summary>The one that expires soon, and is rotated.</summary>
    public static DemoKey Expiring { get; } = new("openai-batch", "openai", "team-data", 5)
    {
        Stores = [DemoSettings.Store, DemoSettings.SecondStore],
    };

    /// <summary>The one that is revoked, and replaced.</summary>
    public static DemoKey Revoked { get; } = new("anthropic-agent", "anthropic", "team-agents", 120);

    /// <summary>The provider that has an outage; three keys are its own.</summary>
    public const string Troubled = "mistral";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<DemoKey> Keys { get; } =
    [
        new("mistral-search", Troubled, "team-search", 200),
        new("mistral-chat", Troubled, "team-chat", 160),
        new("mistral-tags", Troubled, "team-data", 140),
        Expiring,
        Revoked,
        new("gemini-vision", "gemini", "team-vision", 90),
    ];
}

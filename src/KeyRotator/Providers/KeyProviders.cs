namespace KeyRotator.Providers;

/// <summary>Every provider there is: one line each.</summary>
internal static class KeyProviders
{
    /// <summary>All of them, in the order of <c>providers list</c>.</summary>
    public static IReadOnlyList<IKeyProvider> All { get; } = [];

    /// <summary>The provider of a kind, in any case, or null.</summary>
    public static IKeyProvider? Find(string kind) => throw new NotImplementedException();
}

namespace KeyRotator.Metrics;

/// <summary>Every metric there is, in the order in which they are told.</summary>
internal static class MetricCatalogue
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<MetricFamily> All { get; } =
    [
        .. ServiceMetrics.All,
        .. KeyMetrics.All,
        .. ProviderMetrics.All,
        .. StoreMetrics.All,
        .. RotationMetrics.All,
        .. DeliveryMetrics.All,
    ];
}

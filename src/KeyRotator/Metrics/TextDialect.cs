namespace KeyRotator.Metrics;

/// <summary>In what words numbers are told.</summary>
internal enum TextDialect
{
    /// <summary>Prometheus's text format 0.0.4.</summary>
    Prometheus = 0,

    /// <summary>OpenMetrics 1.0.0.</summary>
    OpenMetrics,
}

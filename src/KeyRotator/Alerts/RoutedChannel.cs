namespace KeyRotator.Alerts;

/// <summary>A channel that hears of a finding.</summary>
/// <param name="Channel">Its configured name.</param>
/// <param name="Route">The route that brings it: the first, where several do.</param>
internal sealed record RoutedChannel(string Channel, AlertRoute Route);

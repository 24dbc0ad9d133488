namespace KeyRotator.Alerts;

/// <summary>A channel that hears of a finding.</summary>
/// <param name="Channel">Its name.</param>
/// <param name="Route">The first route that brings it: that one says what is told together, and how soon.</param>
internal sealed record RoutedChannel(string Channel, AlertRoute Route);

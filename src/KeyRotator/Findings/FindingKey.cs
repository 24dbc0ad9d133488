namespace KeyRotator.Findings;

/// <summary>A finding's identity: at most one is open for each.</summary>
/// <param name="Subject">What it is about.</param>
/// <param name="Reason">Why.</param>
/// <param name="Version">The key version's sequence, or 0 where the subject has none.</param>
/// <param name="Mark">Tells several findings of one reason apart: a location, a model, the other key; else empty. Never a secret.</param>
public readonly record struct FindingKey(FindingSubject Subject, FindingReason Reason, int Version, string Mark);

using System.Text.Json;

namespace KeyRotator.Stores;

/// <summary>A secret without its value, as <c>DescribeSecret</c> gives it.</summary>
internal sealed class AwsSecretState
{
    /// <summary>The label of the version that consumers read.</summary>
    public const string CurrentLabel = "AWSCURRENT";

    /// <summary>The label of the version that was current before.</summary>
    public const string PreviousLabel = "AWSPREVIOUS";

    /// <summary>The label of a version of ours that is not current yet. AWSPENDING belongs to the vendor's own rotation and is never
    /// touched.</summary>
    public const string PendingLabel = "KEYROTATOR_PENDING";

    /// <summary>The beginning of the labels that keep the version before a rotation: AWS deletes versions without any.</summary>
    public const string PinPrefix = "KEYROTATOR_PREVIOUS_";

    /// <summary>Most labels on all versions of a secret together.</summary>
    public const int MostLabels = 20;

    private readonly IReadOnlyDictionary<string, string[]> _labels;

    private AwsSecretState(JsonElement answer, string region)
    {
        AwsWire.Text(answer, "ARN"); // an answer without one is none of this service
        _labels = AwsWire.Labels(AwsWire.Member(answer, "VersionIdsToStages"));
        Tags = AwsWire.Tags(answer);
        LastReadAt = AwsWire.Time(answer, "LastAccessedDate");
        IsDeleted = AwsWire.Member(answer, "DeletedDate") is not null;
        WriteRefusal = Refusal(answer, region);
    }

    /// <summary>The version that consumers read, or null where the secret has none yet.</summary>
    public SecretVersion? Current => AwsWire.Holder(_labels, CurrentLabel);

    /// <summary>The staged version that never was current, or null.</summary>
    public SecretVersion? Staged =>
        AwsWire.Holder(_labels, PendingLabel) is { } holder && !WasCurrent(holder) ? holder : null;

    /// <summary>The pinned versions by the names of their pins.</summary>
    public IReadOnlyDictionary<string, SecretVersion> Pins => _labels
        .SelectMany(version => version.Value, (version, label) => (Label: label, Version: new SecretVersion(version.Key)))
        .Where(held => held.Label.StartsWith(PinPrefix, StringComparison.Ordinal))
        .DistinctBy(held => held.Label)
        .ToDictionary(held => held.Label[PinPrefix.Length..], held => held.Version, StringComparer.Ordinal);

    /// <summary>How many labels there are on all versions.</summary>
    public int LabelCount => _labels.Values.Sum(labels => labels.Length);

    /// <summary>The secret's tags.</summary>
    public IReadOnlyDictionary<string, string> Tags { get; }

    /// <summary>The day on which anybody last read it in this region, or null.</summary>
    public DateTimeOffset? LastReadAt { get; }

    /// <summary>Whether it is marked for deletion: readers get it no more, listings leave it out.</summary>
    public bool IsDeleted { get; }

    /// <summary>Why it must not be written, or null.</summary>
    public string? WriteRefusal { get; }

    /// <summary>Reads an answer.</summary>
    /// <param name="answer">The answer.</param>
    /// <param name="region">The region that was asked.</param>
    public static AwsSecretState Read(JsonElement answer, string region) => new(answer, region);

    /// <summary>Whether a version has any label.</summary>
    public bool IsLabelled(SecretVersion version) => _labels.TryGetValue(version.Id, out var labels) && labels.Length > 0;

    /// <summary>The labels of a version.</summary>
    public IReadOnlyList<string> LabelsOf(SecretVersion version) => _labels.GetValueOrDefault(version.Id) ?? [];

    /// <summary>Whether a version has the label of staged ones.</summary>
    public bool IsPending(SecretVersion version) => Has(version, PendingLabel);

    /// <summary>Whether a version is current, or was until the last one.</summary>
    public bool WasCurrent(SecretVersion version) => Has(version, CurrentLabel) || Has(version, PreviousLabel);

    /// <summary>The version that has a label, or null.</summary>
    public SecretVersion? HolderOf(string label) => AwsWire.Holder(_labels, label);

    private bool Has(SecretVersion version, string label) => _labels.TryGetValue(version.Id, out var labels) && labels.Contains(label);

    private static string? Refusal(JsonElement answer, string region)
    {
        if (AwsWire.Member(answer, "DeletedDate") is not null)
        {
            return "it is marked for deletion: restore it first.";
        }

        if (AwsWire.OptionalText(answer, "OwningService") is not null)
        {
            return "another AWS service manages it.";
        }

        if (AwsWire.Member(answer, "RotationEnabled")?.GetBoolean() == true)
        {
            return "the vendor's own rotation is switched on for it: cancel that first.";
        }

        return AwsWire.OptionalText(answer, "PrimaryRegion") is { } primary && primary != region
            ? "it is a replica: write it in its primary region."
            : null;
    }
}

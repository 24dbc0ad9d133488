using System.Globalization;
using KeyRotator.Keys;

namespace KeyRotator.Hosting;

/// <summary>A part of the keys that one job looks after.</summary>
/// <param name="Job">The job's name.</param>
/// <param name="First">The first of its buckets.</param>
/// <param name="Last">The last of its buckets.</param>
internal sealed record Shard(string Job, int First, int Last)
{
    /// <summary>All keys in one.</summary>
    public static IReadOnlyList<Shard> One { get; } = [new("validate", 0, KeyBucket.Count - 1)];

    /// <summary>Equal parts, of 16 buckets each.</summary>
    public static IReadOnlyList<Shard> Many { get; } = Cut(16);

    /// <summary>Whether the key is one of its own.</summary>
    public bool Has(KeyId key) => KeyBucket.Of(key) is var bucket && bucket >= First && bucket <= Last;

    private static Shard[] Cut(int count)
    {
        var size = KeyBucket.Count / count;
        return
        [
            .. Enumerable.Range(0, count).Select(
                index => new Shard(
                    string.Create(CultureInfo.InvariantCulture, $"validate-{index:00}"), index * size, ((index + 1) * size) - 1)),
        ];
    }
}

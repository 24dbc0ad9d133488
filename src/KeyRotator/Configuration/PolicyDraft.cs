using KeyRotator.Configuration.Shapes;
using KeyRotator.Keys;

namespace KeyRotator.Configuration;

/// <summary>The policy members that one place of the file gives, for all keys or for one.</summary>
internal sealed class PolicyDraft : IMergedObject
{
    private readonly List<Change> _changes = [];

    public Position[]? Seen { get; set; }

    /// <summary>Records what a member changes.</summary>
    public void Set(string member, Position at, Func<KeyPolicy, KeyPolicy> change) => _changes.Add(new(member, at, change));

    /// <summary>Where a member was given, or null.</summary>
    public Position? PositionOf(string member) => _changes.FindLast(change => change.Member == member)?.At;

    /// <summary>The policy that results.</summary>
    public KeyPolicy Over(KeyPolicy basis) => _changes.Aggregate(basis, static (policy, change) => change.Apply(policy));

    private sealed record Change(string Member, Position At, Func<KeyPolicy, KeyPolicy> Apply);
}

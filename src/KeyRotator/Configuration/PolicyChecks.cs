using KeyRotator.Configuration.Shapes;
using KeyRotator.Keys;

namespace KeyRotator.Configuration;

/// <summary>What must hold between the times of a policy.</summary>
internal sealed class PolicyChecks(FaultList faults)
{
    private static readonly IReadOnlyList<Rule> s_rules =
    [
        new(["rotateBefore", "rotateEvery"], static policy => policy.RotateBefore < policy.RotateEvery,
            "rotateBefore must be less than rotateEvery (14d and 90d where nothing is said)"),
        new(["grace", "retireWithin"], static policy => policy.Grace < policy.RetireWithin,
            "grace must be less than retireWithin (24h and 7d where nothing is said)"),
        new(["confirmAfter", "checkEvery"], static policy => policy.ConfirmAfter < policy.CheckEvery,
            "confirmAfter must be less than checkEvery (5s and 15m where nothing is said)"),
        new(["warnBefore"], static policy => policy.WarnBefore.Zip(policy.WarnBefore.Skip(1)).All(pair => pair.First > pair.Second),
            "the ladder must descend, no rung twice: for example [30d, 14d, 7d, 3d, 1d, 0d]"),
    ];

    /// <summary>Records the rules that members of this draft break.</summary>
    /// <param name="path">Where the draft stands.</param>
    /// <param name="draft">What is given there. A rule between members that others gave is theirs.</param>
    /// <param name="effective">The policy that results.</param>
    public void Run(string path, PolicyDraft draft, KeyPolicy effective)
    {
        foreach (var rule in s_rules)
        {
            var member = rule.Members.FirstOrDefault(member => draft.PositionOf(member) is not null);
            if (member is not null && draft.PositionOf(member) is { } at && !rule.Holds(effective))
            {
                faults.Refuse(at, $"{path}.{member}", rule.Sentence);
            }
        }
    }

    private sealed record Rule(IReadOnlyList<string> Members, Func<KeyPolicy, bool> Holds, string Sentence);
}

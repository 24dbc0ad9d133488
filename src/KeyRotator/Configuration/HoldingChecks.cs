using KeyRotator.Configuration.Shapes;

namespace KeyRotator.Configuration;

/// <summary>What must hold of the places where replacements wait: each is for one key alone, and there is one where somebody must
/// approve.</summary>
internal sealed class HoldingChecks(SettingsDraft draft, FaultList faults)
{
    private readonly Dictionary<(string Store, string Name), string> _taken = [];

    /// <summary>Records every fault there is.</summary>
    public void Run()
    {
        foreach (var (id, key) in Keys())
        {
            foreach (var place in key.Locations.Append(key.Previous))
            {
                Take(place, $"{id} is kept");
            }
        }

        foreach (var (id, key) in Keys())
        {
            CheckApprovals(id, key, draft.Keys[id].At);
            if (key.Holding is { } holding && !IsRefusedElsewhere(key, holding) && !Take(holding, $"the new value of {id} waits"))
            {
                faults.Refuse(
                    holding.At, $"keys.{id}.holding",
                    $"{_taken[(holding.Store!.Value.Value, holding.Name!)]} in this secret: name one of its own");
            }
        }

        CheckOperators();
    }

    private IEnumerable<(string Id, KeyDraft Key)> Keys() =>
        from entry in draft.Keys where entry.Value.Value is not null select (entry.Key, entry.Value.Value);

    // False where somebody else has it.
    private bool Take(LocationDraft? place, string by) => place is not { Store: { } store, Name: { } name }
        || _taken.TryAdd((store.Value, name), by);

    // That it is one of the key's own locations is said already.
    private static bool IsRefusedElsewhere(KeyDraft key, LocationDraft holding) => key.Locations.Any(
        place => place.Store?.Value == holding.Store?.Value && place.Name == holding.Name && place.Field == holding.Field);

    private void CheckApprovals(string id, KeyDraft key, Position at)
    {
        var basis = draft.PolicyOf(key.Environment);
        if (key.Holding is null && (key.Policy?.Over(basis) ?? basis).Approvals > 0)
        {
            var own = key.Policy?.PositionOf("approvals");
            faults.Refuse(
                own ?? at, own is null ? $"keys.{id}" : $"keys.{id}.approvals",
                "a replacement that somebody must approve waits somewhere: give the key `holding: { store: …, name: … }`, or "
                + "`approvals: 0`");
        }
    }

    // By one token two people cannot be told apart.
    private void CheckOperators()
    {
        var known = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, entry) in draft.Operators)
        {
            if (entry.Value?.TokenHash is { } hash && !known.TryAdd(hash.Value, name))
            {
                faults.Refuse(hash.At, $"operators.{name}", $"`{known[hash.Value]}` has this token: each operator needs one of their own");
            }
        }
    }
}

using KeyRotator.Findings;
using KeyRotator.Keys;
using KeyRotator.Ledger;

namespace KeyRotator.Cli;

/// <summary>Open findings as a command line names them: by key, by key (or what else they are about) and reason, or by the id that
/// receivers see.</summary>
internal sealed class FindingNames(Inventory inventory, FindingWriter writer, IReadOnlyList<Finding> open)
{
    private const string IdPrefix = "fnd_";

    /// <summary>The findings that are meant, each once, in the order of the list.</summary>
    /// <exception cref="CliException">A name means nothing, or nothing is open there: all such names at once.</exception>
    public IReadOnlyList<Finding> Choose(IReadOnlyList<string> names)
    {
        var faults = new List<string>();
        var chosen = names.SelectMany(name => Of(name, faults)).Select(finding => finding.Id).ToHashSet();
        return faults.Count == 0
            ? [.. open.Where(finding => chosen.Contains(finding.Id))]
            : throw CliException.Usage($"{string.Join('\n', faults.Distinct())}\nNothing was changed.");
    }

    private List<Finding> Of(string name, List<string> faults)
    {
        if (name.StartsWith(IdPrefix, StringComparison.Ordinal))
        {
            return OrFault(
                open.Where(finding => writer.Shown(finding).Id == name), $"No open finding has the id {Typed.Show(name)}: it may be over.",
                faults);
        }

        if (IsKnown(name))
        {
            return OrFault(About(name), $"Nothing is open about {name}.", faults);
        }

        var slash = name.LastIndexOf('/');
        if (slash > 0 && IsKnown(name[..slash]))
        {
            return OfReason(name[..slash], name[(slash + 1)..], faults);
        }

        var subject = slash > 0 ? name[..slash] : name;
        faults.Add($"Unknown key or finding {Typed.Show(name)}.{Typed.Suggest(subject, inventory.Keys.Select(key => key.Id.Value))}");
        return [];
    }

    private List<Finding> OfReason(string subject, string text, List<string> faults)
    {
        var names = FindingCatalog.Reasons.Select(reason => reason.ToString()).ToList();
        if (names.Find(reason => reason.Equals(text, StringComparison.OrdinalIgnoreCase)) is not { } known)
        {
            faults.Add($"Unknown reason {Typed.Show(text)}.{Typed.Suggest(text, names)}");
            return [];
        }

        return OrFault(
            About(subject).Where(finding => finding.Key.Reason.ToString() == known), $"No {known} is open about {subject}.", faults);
    }

    // A key outranks an instance or store of the same name.
    private IEnumerable<Finding> About(string subject)
    {
        var isKey = IsKey(subject);
        return open.Where(finding => finding.Key.Subject.Name == subject && (!isKey || finding.Key.Subject.Kind is SubjectKind.Key));
    }

    private bool IsKnown(string subject) => IsKey(subject) || open.Any(finding => finding.Key.Subject.Name == subject);

    private bool IsKey(string subject) => KeyId.TryParse(subject, out var id) && inventory.Find(id) is not null;

    private static List<Finding> OrFault(IEnumerable<Finding> found, string fault, List<string> faults)
    {
        var list = found.ToList();
        if (list.Count == 0)
        {
            faults.Add(fault);
        }

        return list;
    }
}

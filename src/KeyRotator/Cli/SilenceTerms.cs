using KeyRotator.Alerts;
using KeyRotator.Findings;
using KeyRotator.Keys;

namespace KeyRotator.Cli;

/// <summary>A silence as a command line asks for it: every fault of it at once.</summary>
internal sealed class SilenceTerms(Inventory inventory, IEnumerable<string> stores)
{
    private readonly List<string?> _faults = [];

    /// <summary>The matches and the length, where nothing is wrong.</summary>
    /// <exception cref="CliException">Something is: all of it.</exception>
    public (IReadOnlyList<SilenceMatch> Matches, TimeSpan Length) Read(string[] texts, string? length, string? reason)
    {
        List<SilenceMatch> matches = [.. texts.Select(Match).OfType<SilenceMatch>()];
        var span = TimeSpan.Zero;
        _faults.Add(texts.Length == 0 ? "Say what to silence, as in key=mistral-prod or environment=staging: a silence of everything is "
            + "refused." : null);
        _faults.AddRange(matches.SelectMany((match, index) => matches.Take(index).Select(earlier => Clash(earlier, match))));
        _faults.Add(length is null
            ? "A silence without end is refused: say for how long, as in --for 4h (30d at most)."
            : ForTime.Fault(length, out span));
        _faults.Add(reason is null
            ? "Say why, as in --reason \"maintenance of the gateway\": whoever wonders later will ask."
            : ReasonText.Fault(reason));
        UsageErrors.ThrowAny(_faults);
        return (matches, span);
    }

    private SilenceMatch? Match(string text)
    {
        var (match, fault) = SilenceMatch.Read(text);
        _faults.Add(match is null ? Sentence(text, fault) : IsPaste(match) ? $"{NameOf(match)} is compared with a text that could be a key "
            + "and is not shown: a silence is recorded. Name it by its first letters and a *." : null);
        return match;
    }

    private bool IsPaste(SilenceMatch match) => Typed.MayBeKey(match.Value) && !Known(match.Member).Any(match.Agrees);

    private IEnumerable<string> Known(SilenceMember member) => (member switch
    {
        SilenceMember.Key => inventory.Keys.Select(key => key.Id.Value),
        SilenceMember.Provider => inventory.Keys.Select(key => key.Provider),
        SilenceMember.Environment => inventory.Keys.Select(key => key.Environment),
        SilenceMember.Owner => inventory.Keys.Select(key => key.Owner),
        SilenceMember.Label => inventory.Keys.SelectMany(key => key.Labels.Values),
        SilenceMember.Store => stores,
        _ => [],
    }).OfType<string>();

    private static string? Clash(SilenceMatch earlier, SilenceMatch later)
    {
        var same = earlier.Member == later.Member && earlier.Label == later.Label;
        return earlier.Means(later) ? $"{Typed.Show(later.ToString())} stands twice."
            : same && !earlier.IsNegated && !later.IsNegated && !earlier.Agrees(later.Value) && !later.Agrees(earlier.Value)
                ? $"{Typed.Show(earlier.ToString())} and {Typed.Show(later.ToString())} are never both met: make two silences."
                : null;
    }

    private static string Sentence(string text, SilenceMatchFault fault)
    {
        var (name, value) = Parts(text);
        return fault switch
        {
            SilenceMatchFault.UnknownMember =>
                $"Unknown member {Typed.Show(name)}: known are {string.Join(", ", SilenceMatch.Members)}."
                + Typed.Suggest(name, SilenceMatch.Members),
            SilenceMatchFault.NoLabelName => "label. wants the label's name, as in label.team=search.",
            SilenceMatchFault.NoValue => $"{Typed.Show(text)} says nothing behind the sign.",
            SilenceMatchFault.BadValue => $"{Typed.Show(text)}: a * stands at the end only, and a value is one line.",
            SilenceMatchFault.TooLong => "A match is longer than any name is.",
            SilenceMatchFault.UnknownReason => $"Unknown reason {Typed.Show(value)}."
                + Typed.Suggest(value, FindingCatalog.Reasons.Select(reason => reason.ToString())),
            SilenceMatchFault.UnknownSeverity => $"Unknown severity {Typed.Show(value)}: known are info, warning and critical.",
            _ => $"{Typed.Show(text)} is no match: write member=value or member!=value.",
        };
    }

    private static (string Name, string Value) Parts(string text) => text.IndexOf('=', StringComparison.Ordinal) is > 0 and var equals
        ? (text[..equals].TrimEnd('!').Trim(), text[(equals + 1)..].Trim())
        : (text, "");

    private static string NameOf(SilenceMatch match) => Parts(match.ToString()).Name;
}

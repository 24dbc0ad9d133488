using KeyRotator.Findings;

namespace KeyRotator.Alerts;

/// <summary>One condition of a silence, as in <c>environment=prod</c>, <c>severity!=critical</c>, <c>key=mistral-*</c> and
/// <c>label.team=search</c>.</summary>
/// <param name="Member">What is looked at.</param>
/// <param name="Label">The label's name; empty for other members.</param>
/// <param name="IsNegated">Whether everything else is meant.</param>
/// <param name="Value">What it is compared with, in any case; a <c>*</c> at its end stands for any rest.</param>
internal sealed record SilenceMatch(SilenceMember Member, string Label, bool IsNegated, string Value)
{
    private const string LabelPrefix = "label.";
    private const int Longest = 600;

    /// <summary>The names that may stand before the operator.</summary>
    public static IReadOnlyList<string> Members { get; } =
    [
        .. Enum.GetNames<SilenceMember>().Where(name => name != nameof(SilenceMember.Label)).Select(name => name.ToLowerInvariant()),
        LabelPrefix + "NAME",
    ];

    /// <summary>Reads one.</summary>
    /// <returns>The match, or null and why it is none.</returns>
    public static (SilenceMatch? Match, SilenceMatchFault Fault) Read(string text)
    {
        var equals = text.IndexOf('=', StringComparison.Ordinal);
        if (equals <= 0)
        {
            return (null, SilenceMatchFault.NoOperator);
        }

        var isNegated = text[equals - 1] == '!';
        var name = text[..(isNegated ? equals - 1 : equals)].Trim();
        var isLabel = name.StartsWith(LabelPrefix, StringComparison.OrdinalIgnoreCase);
        if (!isLabel && !IsMember(name))
        {
            return (null, SilenceMatchFault.UnknownMember);
        }

        var member = isLabel ? SilenceMember.Label : Enum.Parse<SilenceMember>(name, ignoreCase: true);
        var match = new SilenceMatch(member, isLabel ? name[LabelPrefix.Length..] : "", isNegated, text[(equals + 1)..].Trim());
        var fault = match.Fault();
        return fault is SilenceMatchFault.None ? (match, fault) : (null, fault);
    }

    /// <summary>Whether a finding is meant. What it does not have is as if it were empty.</summary>
    public bool Covers(AlertFinding finding) => Agrees(ValueOf(finding) ?? "") != IsNegated;

    /// <summary>Whether it means the same things, however it was typed.</summary>
    public bool Means(SilenceMatch other) => Member == other.Member && Label == other.Label && IsNegated == other.IsNegated
        && Value.Equals(other.Value, StringComparison.OrdinalIgnoreCase);

    /// <summary>As it is typed and kept.</summary>
    public override string ToString() =>
        $"{(Member is SilenceMember.Label ? LabelPrefix + Label : Member.ToString().ToLowerInvariant())}{(IsNegated ? "!=" : "=")}{Value}";

    /// <summary>Whether a text is what it is compared with, negated or not.</summary>
    public bool Agrees(string text) => Value.EndsWith('*')
        ? text.AsSpan().StartsWith(Value.AsSpan(..^1), StringComparison.OrdinalIgnoreCase)
        : text.Equals(Value, StringComparison.OrdinalIgnoreCase);

    private static bool IsMember(string name) => name.Length > 0 && char.IsAsciiLetter(name[0])
        && Enum.GetNames<SilenceMember>().Any(member => member.Equals(name, StringComparison.OrdinalIgnoreCase))
        && !name.Equals(nameof(SilenceMember.Label), StringComparison.OrdinalIgnoreCase);

    private SilenceMatchFault Fault() => this switch
    {
        { Member: SilenceMember.Label, Label.Length: 0 } => SilenceMatchFault.NoLabelName,
        { Value.Length: 0 } => SilenceMatchFault.NoValue,
        { Value.Length: > Longest } or { Label.Length: > Longest } => SilenceMatchFault.TooLong,
        _ when Value.IndexOf('*', StringComparison.Ordinal) is >= 0 and var star && star < Value.Length - 1 => SilenceMatchFault.BadValue,
        _ when Value.Any(char.IsControl) || Label.Any(char.IsControl) => SilenceMatchFault.BadValue,
        { Member: SilenceMember.Reason } when !FindingCatalog.Reasons.Any(reason => Agrees(reason.ToString())) =>
            SilenceMatchFault.UnknownReason,
        { Member: SilenceMember.Severity } when !Enum.GetNames<Severity>().Any(Agrees) => SilenceMatchFault.UnknownSeverity,
        _ => SilenceMatchFault.None,
    };

    private string? ValueOf(AlertFinding finding) => Member switch
    {
        SilenceMember.Key => finding.SubjectKind is SubjectKind.Key ? finding.Subject : null,
        SilenceMember.Provider => finding.Provider,
        SilenceMember.Environment => finding.Environment,
        SilenceMember.Owner => finding.Owner,
        SilenceMember.Reason => finding.Reason.ToString(),
        SilenceMember.Severity => finding.Severity.ToString(),
        SilenceMember.Store => finding.Store,
        SilenceMember.Finding => finding.Id,
        _ => finding.Labels?.GetValueOrDefault(Label),
    };
}

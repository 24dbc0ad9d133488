using System.Globalization;

namespace KeyRotator.Audit;

/// <summary>Goes along the audit row by row and finds the first link that is broken. Pure.</summary>
/// <param name="checkpoint">What the newest checkpoint carries on: the last row that was removed; null where none was.</param>
/// <param name="known">A head that somebody kept elsewhere, or null.</param>
internal sealed class AuditWalk(AuditHead? checkpoint, AuditHead? known)
{
    private AuditHead? _seen;

    /// <summary>The last row that was looked at, or the checkpoint's; null where there is nothing yet.</summary>
    public AuditHead? Last => _seen ?? checkpoint;

    /// <summary>The first broken link, or null.</summary>
    public AuditBreak? Break { get; private set; }

    /// <summary>Looks at the next row in the order of numbers. Past the first broken link nothing is looked at any more.</summary>
    public void Next(AuditRow row)
    {
        if (Break is not null)
        {
            return;
        }

        var expected = (Last?.Sequence ?? 0) + 1;
        if (row.Sequence != expected)
        {
            Break = new(expected, Text($"row {expected} is missing: the next that is there is {row.Sequence}"));
        }
        else if (row.Hash != AuditChain.Link(row, Last?.Hash ?? AuditChain.Start))
        {
            Break = new(row.Sequence, Text($"row {row.Sequence} is not what was recorded behind the row before it"));
        }
        else
        {
            _seen = new(row.Sequence, row.Hash);
            Break = IsKnown(_seen) ? null : Rebuilt(_seen);
        }
    }

    /// <summary>Says what the given head proves, once every row was looked at.</summary>
    public AuditProof Finish()
    {
        Break ??= (known, checkpoint) switch
        {
            ({ } head, _) when head.Sequence > (Last?.Sequence ?? 0) => new(
                (Last?.Sequence ?? 0) + 1,
                Text($"the given head is row {head.Sequence}, the last that is there is {Last?.Sequence ?? 0}: rows were cut off")),
            (_, { } removed) when !IsKnown(removed) => Rebuilt(removed),
            _ => null,
        };
        return (Break, known) switch
        {
            (not null, _) => AuditProof.Broken,
            (_, null) => AuditProof.Whole,
            (_, { } head) when head.Sequence < (checkpoint?.Sequence ?? 0) => AuditProof.HeadIsGone,
            _ => AuditProof.WholeAndHeadHolds,
        };
    }

    private bool IsKnown(AuditHead row) => known?.Sequence != row.Sequence || known.Hash == row.Hash;

    private static AuditBreak Rebuilt(AuditHead row) => new(
        row.Sequence,
        Text($"row {row.Sequence} has another hash than the given head: what came before was rewritten, or the head is not of this audit"));

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}

/// <summary>What a walk along the audit showed.</summary>
internal enum AuditProof
{
    /// <summary>A link is broken.</summary>
    Broken = 0,

    /// <summary>Every row is the one that was recorded behind the row before it. Nobody said where the end has to be.</summary>
    Whole,

    /// <summary>The same, and nothing before the given head was changed or cut.</summary>
    WholeAndHeadHolds,

    /// <summary>The chain is whole, and says nothing of the given head: rows up to there were removed for their age.</summary>
    HeadIsGone,
}

/// <summary>The first link that is broken.</summary>
/// <param name="Sequence">Number of the row at which the chain breaks.</param>
/// <param name="What">What is wrong there.</param>
internal sealed record AuditBreak(long Sequence, string What);
